import IR
import Lowering

extension SharedText {
  /// The generator.
  static let philox = SharedText("philox", template: "Dropout/philox.c.mustache")
}

/// Which of four units are kept in each lane.
struct DrawKept: SharedFunction {
  var template: String { "Dropout/draw_kept.c.mustache" }
  var stem: String { "draw_kept" }
  var name = ""
  let laneNumbers: String
  /// Whether a batch lies across several processes, and whether the shares are symmetric.
  let joins, mirrors: Bool
}

struct DropoutTask: SharedFunction {
  var template: String { "Dropout/task.c.mustache" }
  let stem: String
  var name = ""
  /// What it reads and writes: x and y, or dy and dx.
  let x, y: String
  /// What the values are called that the epilogue reads.
  let saved: [String]
  /// What is stored of a number's `value`.
  let result: String
  let masks: Bool

  init(_ spec: DropoutKernel, _ names: CodegenContext) {
    (x, y) = spec.isForward ? ("x", "y") : ("dy", "dx")
    saved = spec.epilogue?.savedNames ?? []
    stem = "dropout_" + (spec.isForward ? "forward" : spec.epilogue?.function.name ?? "backward")
    masks = spec.epilogue != nil
    let value = names.value("value", spec.epilogue, at: "k")
    result = masks ? "masked(\(value), active)" : value
  }
}

/// What fills in the kernel's template.
struct DropoutContext: TemplateContext {
  var template: String { "Dropout/kernel.c.mustache" }
  let name, layer, source, direction, shape, call: String
  let inPlace: Bool
  let epilogueText: String?

  init(
    _ spec: DropoutKernel, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    name = names.function(kernel)
    layer = names.layer(spec.layer)
    source = names.line(of: spec.layer)
    direction =
      spec.isForward
      ? "forward: \(names.formula(of: spec.layer))" : "backward: what is kept is drawn again"
    shape = names.outputShape(of: spec.layer)
    inPlace = names.sharePlace(spec.x, spec.y)
    epilogueText = spec.epilogue.map { $0.text(names) }
    for text in [SharedText.pieces, .pieceSize, .philox] { shared.define(text) }
    _ = shared.name(
      DrawKept(
        laneNumbers: CText.list(Array(0..<names.plan.lanes)), joins: names.plan.joinsProcesses,
        mirrors: names.plan.model.mixesExamples))
    let buffers = [spec.x] + (spec.epilogue?.saved ?? []) + [spec.y]
    call = CText.call(
      shared.name(DropoutTask(spec, names)),
      [
        "s", "task", "\(spec.layer)", "\(spec.units)", "\(spec.size)", spec.pieces.pieces,
        "\(spec.dropout.threshold)", CText.real(spec.dropout.scale),
      ] + buffers.map(names.lanes))
  }
}
