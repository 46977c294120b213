import IR

/// The example brought into `[height][width][stride]`: bytes scaled, numbers as they are.
package struct InferenceLoad: InferenceForm {
  package var layout: ChannelLayout
  package var scale: Double
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(y, layout)] }

  package func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    InferenceLoadContext(self, kernel: kernel, names: names)
  }
}

struct InferenceLoadContext: TemplateContext {
  var template: String { "Inference/load.c.mustache" }
  let name, input, scale, y: String
  let channels, height, width, plane, stride: Int
  let padded: Bool

  init(_ form: InferenceLoad, kernel: Kernel, names: Naming) {
    name = names.function(kernel)
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

extension Elementwise: InferenceOperation {
  package func planInference(_ index: Int, in planner: inout InferencePlanner) {
    let inputs = planner.model.layers[index].operands.map { planner.place($0) }
    let y = planner.makeResult(of: index)
    let operands = function.parameters
    let whole = ScalarExpression.call(function, operands.map(ScalarExpression.variable))
    let expression = planner.activation(of: index).map { .call($0, [whole]) } ?? whole
    planner.add(
      "forward", layer: index, .serial,
      InferenceElements(
        expression: expression,
        inputs: zip(operands, inputs).map {
          .init(name: $0, buffer: $1.buffer, layout: $1.layout)
        }, y: y.buffer, output: y.layout),
      operations: Double(y.layout.positions * y.layout.channels))
  }
}

/// Each number from its like in other values.
package struct InferenceElements: InferenceForm {
  package var expression: ScalarExpression
  package var inputs: [Input]
  package var y: BufferID
  package var output: ChannelLayout

  /// A value that is read, by its name in the expression.
  package struct Input: Hashable, Sendable {
    package var name: String
    package var buffer: BufferID
    package var layout: ChannelLayout
  }

  package var values: [(buffer: BufferID, layout: ChannelLayout)] {
    inputs.map { ($0.buffer, $0.layout) } + [(y, output)]
  }

  package var functions: [ScalarFunction] { expression.functions }

  package func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    InferenceElementsContext(self, kernel: kernel, names: names)
  }
}

struct InferenceElementsContext: TemplateContext {
  var template: String { "Inference/elements.c.mustache" }
  let name, layers, source, shape, y, value: String
  let formulas: [String]
  let rows, row: Int
  let parts: [Part]

  struct Part: Sendable { let letter, buffer: String }

  init(_ form: InferenceElements, kernel: Kernel, names: Naming) {
    let shared = InferenceNames(kernel.layers, names)
    name = names.function(kernel)
    layers = shared.layers
    source = shared.source
    formulas = shared.formulas(folded: false)
    let output = form.output
    shape = InferenceNames.shape(output)
    y = names.buffer(form.y)
    // Rows that follow each other without a gap in all values are one row.
    let vectors = output.stride / names.plan.lanes
    let isOneRow = form.inputs.allSatisfy { $0.layout.width == output.width }
    rows = isOneRow ? 1 : output.height
    row = output.width * vectors * (isOneRow ? output.height : 1)
    parts = form.inputs.map { Part(letter: $0.name, buffer: names.buffer($0.buffer)) }
    let terms = form.inputs.map { input in
      let pitch = input.layout.width == output.width ? "ROW" : "\(input.layout.width * vectors)"
      return (input.name, "\(input.name)[i * \(pitch) + k]")
    }
    value = names.vector(form.expression, Dictionary(uniqueKeysWithValues: terms))
  }
}
