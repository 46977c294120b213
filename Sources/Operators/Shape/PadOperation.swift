import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a pad whose numbers are those of the edge or within it.
  mutating func planPad(_ pad: Pad, into result: StoredResult, _ node: Graph.Node) {
    guard let index = node.head else { return }
    let layer = model.layers[index]
    let box = PaddedBox(pad, of: model.shape(of: layer.operands[0]), to: layer.shape)
    let x = place(node.operands[0])
    add(
      "\(layer.name)_forward", layers: node.layers, .forward, .perBlock(box.planes),
      PadKernel(
        mode: pad.mode, box: box, epilogue: nil, source: x, target: result, isGradient: false),
      [.read(x)] + result.effects, operations: 0)
  }
}

/// dx of such a pad: what the numbers made of one number come to.
struct PadGradient: GradientOperation {
  let label = "gradient"
  let pad: Pad
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let shape = planner.model.shape(of: layer.operands[0])
    let box = PaddedBox(pad, of: shape, to: layer.shape)
    let epilogue = planner.epilogue(self, node)
    let dy = planner.place(node.operands[0])
    let dx = planner.makePart(node.results[0])
    planner.add(
      "\(layer.name)_backward", layers: node.layers, .backward, .perBlock(box.planes),
      PadKernel(
        mode: pad.mode, box: box, epilogue: epilogue, source: dy, target: StoredResult(y: dx),
        isGradient: true),
      GradientEpilogue.effects(epilogue, reading: [dy]) + [.write(dx)],
      operations: Double(layer.shape.elementCount)
        + GradientEpilogue.operations(epilogue) * Double(shape.elementCount))
  }
}

/// The axes of a padded value from the first on that is padded, as four, and how often they are
/// there.
struct PaddedBox: Hashable, Sendable {
  let planes: Int
  /// Channels of the padded value, and numbers of each.
  let channels, plane: Int
  let size, before, padded: [Int]

  init(_ pad: Pad, of operand: Shape, to result: Shape) {
    let before = (try? pad.margins(of: operand).before) ?? []
    // Not the last axis, which a kernel always walks.
    let outer = zip(operand.dimensions, result.dimensions).dropLast().prefix { $0 == $1 }.count
    (channels, plane) = (result.channels, result.planeCount)
    planes = operand.dimensions.prefix(outer).reduce(1, *)
    func four(_ numbers: some Sequence<Int>, _ filler: Int) -> [Int] {
      let rest = Array(numbers.dropFirst(outer))
      return [Int](repeating: filler, count: 4 - rest.count) + rest
    }
    size = four(operand.dimensions, 1)
    self.before = four(before, 0)
    padded = four(result.dimensions, 1)
  }
}

/// One plane a task.
struct PadKernel: KernelSpec {
  let mode: Pad.Mode
  let box: PaddedBox
  /// What each number of dx goes through.
  let epilogue: GradientEpilogue?
  /// What is read and written: x and y, or dy and dx.
  let source: BufferID
  let target: StoredResult
  let isGradient: Bool

  var functions: [ScalarFunction] {
    target.stored.functions + [epilogue?.function].compactMap { $0 }
  }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    shared.define(.axes)
    let index = mode == .edge ? "clamped" : "reflected"
    shared.define(SharedText(index, template: "Shape/\(index).c.mustache"))
    let stored = target.stored
    let masks = stored.masks || epilogue?.function.body.isNotZeroAtZero == true
    let value = epilogue.map { names.value("dx[m]", $0, at: "m") }
    let function =
      isGradient
      ? shared.name(
        PadBackwardTask(
          stem: ["pad", mode.rawValue, epilogue?.function.name ?? "backward"].joined(
            separator: "_"), index: index, masks: masks, saved: epilogue?.savedNames ?? [],
          value: masks ? value.map { "masked(\($0), active)" } : value))
      : shared.name(
        PadTask("pad_\(mode.rawValue)", index: index, stored, names))
    let axes = [box.padded, box.size, box.before].map { "(struct axes){\(CText.list($0))}" }
    return ResampleContext(
      kernel, names, epilogue: epilogue, stored: stored, isGradient: isGradient,
      call: CText.call(
        function,
        (masks ? ["active_lanes(s, task / \(box.planes))"] : []) + ["task"] + axes
          + (stored.pointer.slopes ? ["\(box.channels)", "\(box.plane)"] : [])
          + target.activation.arguments(names)
          + ([source] + (epilogue?.saved ?? [])).map(names.lanes) + target.arguments(names)))
  }
}

struct PadTask: SharedFunction {
  var template: String { "Shape/pad_task.c.mustache" }
  let stem: String
  var name = ""
  /// The function that makes the indices.
  let index: String
  let masks, slope, slopes, keeps: Bool
  /// C for a number, and for what is stored of it.
  let number, value: String

  init(_ stem: String, index: String, _ stored: StoredValue, _ names: CodegenContext) {
    self.stem = stem + stored.suffix
    self.index = index
    masks = stored.masks
    slope = stored.pointer.slope
    slopes = stored.pointer.slopes
    keeps = stored.keeps
    number = "row[\(index)(l - before.l, size.l)]"
    value = stored.text(number, names, slope: slopes ? "slope[at / plane % channels]" : "*slope")
  }
}

struct PadBackwardTask: SharedFunction {
  var template: String { "Shape/pad_backward_task.c.mustache" }
  let stem: String
  var name = ""
  let index: String
  let masks: Bool
  let saved: [String]
  /// What becomes of the sum `dx[m]`; nil where nothing does.
  let value: String?
}

/// What fills in a kernel of one operand whose numbers it reads by indices of its own.
struct ResampleContext: TemplateContext {
  var template: String { "Shape/resample.c.mustache" }
  let name, layers, source, formula, shapes, call: String
  let epilogueText: String?

  init(
    _ kernel: Kernel, _ names: CodegenContext, epilogue: GradientEpilogue?, stored: StoredValue,
    isGradient: Bool, call: String
  ) {
    name = names.function(kernel)
    layers = names.layers(kernel.layers)
    source = names.line(of: kernel.head)
    formula = (isGradient ? "input gradient of: " : "") + names.formula(of: kernel.head)
    let (x, y) = (names.inputShape(of: kernel.head), names.outputShape(of: kernel.head))
    shapes = isGradient ? "dy \(y), dx \(x)" : "x \(x), y \(y)"
    epilogueText = epilogue.map { $0.text(names) } ?? stored.comment(kernel.layers, names)
    self.call = call
  }
}
