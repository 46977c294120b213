import IR
import Lowering

struct InferenceLoadContext: TemplateContext {
  var template: String { "inference_load.c.mustache" }
  let name, input, scale, y: String
  let channels, height, width, plane, stride: Int
  let padded: Bool

  init(_ form: InferenceLoad, name: String, names: Naming) {
    self.name = name
    input = names.plan.model.input.name
    scale = CText.real(form.scale)
    y = names.buffer(form.y)
    channels = form.layout.channels
    height = form.layout.height
    width = form.layout.width
    plane = form.layout.positions
    stride = form.layout.stride
    padded = stride > channels
  }
}

struct InferenceAffineContext: TemplateContext {
  var template: String { "inference_affine.c.mustache" }
  let name, layers, source, shape, member, x, y: String
  let formulas: [String]
  let height, width, inputWidth, vectors: Int
  let relu: Bool

  init(_ form: InferenceAffine, name: String, names: Naming) {
    let shared = InferenceNames(names: names, members: form.preparation.members)
    self.name = name
    layers = shared.layers
    source = shared.source
    formulas = shared.formulas(folded: false)
    shape = InferenceNames.shape(form.output)
    member = names.layer(form.preparation.layer)
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    height = form.output.height
    width = form.output.width
    inputWidth = form.input.width
    vectors = form.preparation.vectors
    relu = form.hasReLU
  }
}

struct InferencePoolContext: TemplateContext {
  var template: String { "inference_pool.c.mustache" }
  let name, layer, source, formula, xShape, yShape, dimensions, rowIndex, columnIndex: String
  let share, x, y: String
  let average, padding: Bool

  init(_ form: InferencePool, name: String, layer: Int, names: Naming) {
    let window = form.window
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.plan.model.layers[layer].op.definition.formula
    xShape = InferenceNames.shape(form.input)
    yShape = InferenceNames.shape(form.output)
    dimensions = CText.dimensions([
      ("H", form.input.height), ("W", form.input.width), ("OH", form.output.height),
      ("OW", form.output.width), ("V", form.output.stride / names.plan.lanes),
      ("K", window.kernel), ("S", window.stride), ("P", window.padding),
    ])
    rowIndex = InferenceNames.position("i", "ky", window)
    columnIndex = InferenceNames.position("j", "kx", window)
    share = CText.real(1 / Double(window.kernel * window.kernel))
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    average = form.kind == .average
    padding = window.padding > 0
  }
}

struct InferenceFlattenContext: TemplateContext {
  var template: String { "inference_flatten.c.mustache" }
  let name, layer, source, formula, xShape, yShape, x, y: String
  let channels, plane, stride, end: Int

  init(_ form: InferenceFlatten, name: String, layer: Int, names: Naming) {
    self.name = name
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.plan.model.layers[layer].op.definition.formula
    xShape = InferenceNames.shape(form.input)
    yShape = "[\(form.output.stride)]"
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    channels = form.input.channels
    plane = form.input.positions
    stride = form.input.stride
    end = form.output.stride
  }
}

/// What fills in the kernel that computes each number from its like in other values: an activation, a
/// sum.
struct InferenceElementsContext: TemplateContext {
  var template: String { "inference_elements.c.mustache" }
  let name, layers, source, shape, y, value: String
  let formulas: [String]
  let rows, row: Int
  let parts: [SumPart]

  init(_ form: InferenceActivation, name: String, layer: Int, names: Naming) {
    self.init(
      members: [layer], inputs: [(form.x, form.input)], y: form.y, output: form.output,
      function: form.function.rawValue, name: name, names: names)
  }

  init(_ form: InferenceSum, name: String, names: Naming) {
    self.init(
      members: form.members, inputs: Array(zip(form.parts, form.inputs)), y: form.y,
      output: form.output, function: form.hasReLU ? Activation.relu.rawValue : nil, name: name,
      names: names)
  }

  private init(
    members: [Int], inputs: [(BufferID, ChannelLayout)], y: BufferID, output: ChannelLayout,
    function: String?, name: String, names: Naming
  ) {
    let shared = InferenceNames(names: names, members: members)
    self.name = name
    layers = shared.layers
    source = shared.source
    formulas = shared.formulas(folded: false)
    shape = InferenceNames.shape(output)
    self.y = names.buffer(y)
    // Rows that follow each other without a gap in all values are one row.
    let vectors = output.stride / names.plan.lanes
    let isOneRow = inputs.allSatisfy { $0.1.width == output.width }
    rows = isOneRow ? 1 : output.height
    row = output.width * vectors * (isOneRow ? output.height : 1)
    let letters = inputs.count == 1 ? ["x"] : inputs.indices.map { "part\($0)" }
    parts = zip(letters, inputs).map { SumPart(letter: $0, buffer: names.buffer($1.0)) }
    let terms = zip(letters, inputs).map { letter, input in
      let pitch = input.1.width == output.width ? "ROW" : "\(input.1.width * vectors)"
      return "\(letter)[i * \(pitch) + k]"
    }.joined(separator: " + ")
    value = function.map { "\($0)(\(terms))" } ?? terms
  }
}
