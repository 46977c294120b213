import IR
import Lowering

extension SharedText {
  /// `struct axis_rows`.
  fileprivate static let axisRows = SharedText(
    "axis_rows", template: "Softmax/axis_rows.c.mustache")
  /// The forward passes.
  fileprivate static let softmax = SharedText(
    "softmax_forward", template: "Softmax/forward_task.c.mustache")
  fileprivate static let logSoftmax = SharedText(
    "log_softmax_forward", template: "Softmax/log_forward_task.c.mustache")
}

extension AxisRows {
  /// The first arguments of a kernel's function, defined where they are not yet: the step, the
  /// task, the rows, and how they are cut into tasks.
  fileprivate func arguments(
    _ pieces: Partition, _ kernel: Kernel, _ names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) -> [String] {
    for text in [SharedText.pieces, .pieceSize, .axisRows] { shared.define(text) }
    let sizes = shared.name(
      SharedSizes(
        "axis_rows", of: kernel.head, names: names, [("O", outer), ("N", count), ("I", inner)]))
    return ["s", "task", sizes, pieces.pieces]
  }
}

struct SoftmaxForwardContext: TemplateContext {
  var template: String { "Softmax/forward.c.mustache" }
  let name, layer, source, formula, shape, call: String

  init(
    _ spec: SoftmaxForward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    formula = names.formula(of: kernel.head)
    shape = names.outputShape(of: kernel.head)
    let arguments = spec.rows.arguments(spec.pieces, kernel, names, sharing: &shared)
    call = CText.call(
      shared.name(spec.softmax.isLogarithm ? SharedText.logSoftmax : .softmax),
      arguments + [names.lanes(spec.x), names.lanes(spec.y)])
  }
}

struct SoftmaxBackwardTask: SharedFunction {
  var template: String { "Softmax/backward_task.c.mustache" }
  let stem: String
  var name = ""
  let formula: String
  /// What is added up of a row, and what is stored of dx.
  let term, value: String
  let masks: Bool
  /// What the values are called that the epilogue reads.
  let saved: [String]

  init(_ spec: SoftmaxBackward, _ names: CodegenContext) {
    let isLogarithm = spec.softmax.isLogarithm
    stem = "\(spec.softmax.keyword)_\(spec.epilogue?.function.name ?? "backward")"
    formula =
      isLogarithm
      ? "dx = dy - exp(y) * sum of dy" : "dx = y * (dy - sum of dy * y)"
    term = isLogarithm ? "dy[k]" : "dy[k] * y[k]"
    let gradient = names.value(
      isLogarithm ? "dy[k] - vec_exp(y[k]) * sum" : "y[k] * (dy[k] - sum)", spec.epilogue, at: "k")
    masks = spec.epilogue != nil
    value = masks ? "masked(\(gradient), active)" : gradient
    saved = spec.epilogue?.savedNames ?? []
  }
}

struct SoftmaxBackwardContext: TemplateContext {
  var template: String { "Softmax/backward.c.mustache" }
  let name, layer, source, shape, call: String
  let epilogueText: String?

  init(
    _ spec: SoftmaxBackward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    name = names.function(kernel)
    layer = names.layer(kernel.head)
    source = names.line(of: kernel.head)
    shape = names.outputShape(of: kernel.head)
    epilogueText = spec.epilogue.map { $0.text(names) }
    let arguments = spec.rows.arguments(spec.pieces, kernel, names, sharing: &shared)
    let buffers = [spec.y, spec.dy] + (spec.epilogue?.saved ?? []) + [spec.dx]
    let task = SoftmaxBackwardTask(spec, names)
    call = CText.call(
      shared.name(task),
      (task.masks ? arguments : Array(arguments.dropFirst()))
        + buffers.map(names.lanes))
  }
}
