import IR
import Lowering

/// What fills in the kernel's template.
struct MoveContext: TemplateContext {
  var template: String { "Shape/move.c.mustache" }
  let name, layers, source, formula, shapes, result, buffer, places: String
  let count: Int
  let around, before, epilogueText: String?
  /// What is stored around the moved numbers, in y.
  let aroundValue: String
  /// Whether the rest of the result is there before.
  let isPartial: Bool
  let calls: [String]

  init(
    _ spec: MoveKernel, kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) {
    let isGradient = kernel.phase == .backward
    name = names.function(kernel)
    layers = names.layers(kernel.layers)
    source = names.line(of: kernel.head)
    formula =
      isGradient
      ? spec.inputs.count > 1
        ? "input gradient of all of them, each dy in its place"
        : "input gradient of: " + names.formula(of: kernel.head)
      : names.formula(of: kernel.head)
    result = isGradient ? "dx" : "y"
    let operand = isGradient ? "dy" : "x"
    let inputs = spec.inputs.enumerated().map { index, input in
      "\(operand)\(spec.inputs.count > 1 ? "\(index)" : "") \(input.shape)"
    }
    shapes = (inputs + ["\(result) \(spec.shape)"]).joined(separator: ", ")
    buffer = names.lanes(spec.result.y)
    before = spec.result.before.map(names.lanes)
    count = spec.shape.elementCount
    isPartial = spec.around == nil && spec.moves.reduce(0) { $0 + $1.count } < count
    places =
      spec.pieces > 1 ? "task / \(spec.pieces), piece = task % \(spec.pieces)" : "task"
    let stored = spec.result.stored
    let plane = "\(spec.shape.planeCount)"
    around = spec.around.map {
      $0 == 0 && !stored.masks
        ? "(vec){0}" : "masked(splat(\(CText.real($0))), active_lanes(s, block))"
    }
    aroundValue = stored.text(
      "around", names, slope: stored.slope(of: "k / \(plane)", names),
      kept: "around", active: "active_lanes(s, block)")
    epilogueText =
      spec.epilogue.map { $0.text(names) } ?? stored.comment(kernel.layers, names)
    let function = CopyBox.name(stored, spec.epilogue, names, sharing: &shared)
    let (result, pieces) = (result, spec.pieces > 1 ? "piece, \(spec.pieces)" : "0, 1")
    calls = zip(spec.moves, spec.inputs).map { move, input in
      let axes = Axes(sizes: move.sizes, steps: [move.source.steps, move.target.steps])
      func at(_ pointer: String, _ start: Int) -> String {
        start > 0 ? "\(pointer) + \(start)" : pointer
      }
      let from = "\(names.lanes(input.buffer)) + block * \(input.shape.elementCount)"
      let saved = (spec.epilogue?.saved ?? []).map {
        at("\(names.lanes($0)) + block * \(spec.shape.elementCount)", move.target.start)
      }
      return CText.call(
        function.name,
        (function.masks ? ["active_lanes(s, block)"] : [])
          + [
            pieces, axes.sizeText, axes.stepText(0), at(from, move.source.start),
            axes.stepText(1),
          ] + (stored.pointer.slopes ? ["\(move.target.start)", plane] : [])
          + spec.result.activation.arguments(names) + saved
          + ((stored.keeps ? ["z"] : []) + [result]).map { at($0, move.target.start) })
    }
  }
}

/// The function that moves a box.
struct CopyBox: SharedFunction {
  var template: String { "Shape/copy_box.c.mustache" }
  let stem: String
  var name = ""
  let masks, slope, slopes, keeps: Bool
  let saved: [String]
  /// C for a number, and for what is stored of it.
  let number, value: String

  /// The function that copies, or takes each number through an activation or `epilogue`.
  static func name(
    _ stored: StoredValue, _ epilogue: GradientEpilogue?, _ names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) -> (name: String, masks: Bool) {
    shared.define(.axes)
    shared.define(.place)
    let x = "x[place(from, 0, i, j, k, l)]"
    let isMasked = epilogue?.function.body.isNotZeroAtZero == true
    let value = names.value(x, epilogue, at: "place(to, 0, i, j, k, l)")
    let name = shared.name(
      CopyBox(
        stem: ["copy_box", epilogue?.function.name].compactMap { $0 }.joined(separator: "_")
          + stored.suffix,
        masks: isMasked || stored.masks, slope: stored.pointer.slope, slopes: stored.pointer.slopes,
        keeps: stored.keeps, saved: epilogue?.savedNames ?? [], number: x,
        value: epilogue == nil
          ? stored.text(
            x, names,
            slope: stored.pointer.slopes
              ? "slope[(start + place(to, 0, i, j, k, l)) / plane]" : "*slope")
          : isMasked ? "masked(\(value), active)" : value))
    return (name, isMasked || stored.masks)
  }
}
