import IR
import Lowering

extension SharedText {
  /// The forward pass.
  fileprivate static let preluForward = SharedText(
    "prelu_forward", template: "PReLU/forward_task.c.mustache")
}

struct PReLUForwardContext: TemplateContext {
  var template: String { "PReLU/forward.c.mustache" }
  let name, layer, source, formula, shape, call: String

  init(
    _ spec: PReLUForward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    formula = names.formula(of: kernel.head)
    shape = spec.shape.description
    call = CText.call(
      shared.name(SharedText.preluForward),
      [
        "task", "\(spec.shape.channels)", "\(spec.shape.planeCount)",
        "\(spec.slopes.count(of: spec.shape))",
        names.parameter(TensorID(layer: kernel.head, role: .slope)), names.lanes(spec.x),
        names.lanes(spec.y),
      ])
  }
}

extension PReLU.Slopes {
  /// How many slopes there are for a value of `shape`.
  fileprivate func count(of shape: Shape) -> Int { self == .one ? 1 : shape.channels }
}

struct PReLUBackwardTask: SharedFunction {
  var template: String { "PReLU/backward_task.c.mustache" }
  let stem: String
  var name = ""
  /// What the slopes point to: they move, or are only read.
  let type: String
  /// Whether dx is made, and whether its inactive lanes have to be set to 0.
  let dx, masks: Bool
  /// Whether the slopes are passed, and whether a pointer for their gradients is.
  let slope, dslope: Bool
  /// What the values are called that the epilogue reads.
  let saved: [String]
  /// What is stored of dx, and of the slope's gradient.
  let value: String
  let store: String?

  init(_ spec: PReLUBackward, _ names: CodegenContext) {
    stem = "prelu_\(spec.epilogue?.function.name ?? "backward")"
    type = spec.slope?.moves == true ? "real" : "const real"
    dx = spec.dx != nil
    masks = spec.epilogue != nil
    slope = dx || spec.slope?.moves == true
    dslope = spec.slope.map { !$0.moves } ?? false
    saved = spec.epilogue?.savedNames ?? []
    let gradient = names.value("blend(below, dy[k] * factor, dy[k])", spec.epilogue, at: "k")
    value = masks ? "masked(\(gradient), active)" : gradient
    store = spec.slope.map {
      names.store(
        "lanes_sum(product.total)", into: $0.moves ? "slope" : "dslope", at: "c", $0)
    }
  }
}

struct PReLUBackwardContext: TemplateContext {
  var template: String { "PReLU/backward.c.mustache" }
  let name, layer, source, shape, call: String
  let update: Bool
  let epilogueText: String?

  init(
    _ spec: PReLUBackward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let slope = TensorID(layer: kernel.head, role: .slope)
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    shape = spec.shape.description
    update = spec.slope?.moves == true
    epilogueText = spec.epilogue.map { $0.text(names) }
    let task = PReLUBackwardTask(spec, names)
    var arguments = ["s", "channel", "\(spec.shape.channels)", "\(spec.shape.planeCount)"]
    if task.dx { arguments.append("\(spec.slopes.count(of: spec.shape))") }
    let buffers = [spec.x, spec.dy] + (spec.epilogue?.saved ?? []) + [spec.dx].compactMap { $0 }
    arguments += buffers.map(names.lanes)
    if task.slope { arguments.append(names.parameter(slope)) }
    if let destination = spec.slope, !destination.moves {
      arguments.append(names.place(of: slope, destination))
    }
    call = CText.call(shared.name(task), arguments)
  }
}

struct PReLUSlopeGradientContext: TemplateContext {
  var template: String { "PReLU/slope_gradient.c.mustache" }
  let name, layer, source, partial, slope, store: String
  let channels: Int
  let update: Bool

  init(_ spec: PReLUSlopeGradient, kernel: Kernel, names: CodegenContext) {
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    partial = names.buffer(spec.partial)
    channels = spec.channels
    update = spec.destination.moves
    slope = names.place(of: TensorID(layer: kernel.head, role: .slope), spec.destination)
    store = names.store("(real)sum", into: "slope", at: "0", spec.destination)
  }
}
