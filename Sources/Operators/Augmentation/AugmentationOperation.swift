import IR
import Lowering

/// An augmentation and the C that carries it out.
protocol LoweredAugmentation: LoweredMove, LoweredOperation {
  /// Whether x and y are the same place, so that a plan without other readers of x needs one.
  var worksInPlace: Bool { get }
  /// Whether an example of the result depends on other examples of the batch, so that all of them must
  /// be there before its first task.
  var readsOtherExamples: Bool { get }
  /// The shared C function of a task, which takes the step, the task, the stream, what `arguments`
  /// gives, x and y.
  func function(_ shared: inout SharedFunctions) -> String
  /// What comes between the stream and x.
  func arguments(of shape: Shape) -> [String]
}

extension LoweredAugmentation {
  package var forwardOperation: any ForwardOperation { AugmentationOperation(augmentation: self) }

  package var evaluationOperation: any ForwardOperation { IdentityOperation() }

  var readsOtherExamples: Bool { false }

  /// A channel of a block each.
  package func tasks(of shape: Shape) -> Int { shape.channels }

  package func kernel(moving target: Int, of shape: Shape, from x: BufferID, to y: BufferID)
    -> any KernelSpec
  {
    AugmentationKernel(augmentation: self, shape: shape, target: target, x: x, y: y)
  }
}

/// Augments in training; in an evaluation of the same kernels nothing changes.
struct AugmentationOperation<Base: LoweredAugmentation>: ForwardOperation {
  let augmentation: Base

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let x = planner.place(node.operands[0])
    let y = planner.makeResult(of: index, head: index)
    planner.add(
      "\(layer.name)_forward", layers: [index], .forward,
      augmentation.readsOtherExamples
        ? .fixed(augmentation.tasks(of: layer.shape) * planner.blocks)
        : .perBlock(augmentation.tasks(of: layer.shape)),
      AugmentationKernel(augmentation: augmentation, shape: layer.shape, x: x, y: y),
      [.read(x), .write(y)], replaces: augmentation.worksInPlace ? x : nil,
      operations: augmentation.operations * Double(layer.shape.elementCount))
  }

  /// The gradient of an input, which an inspection alone asks for, is that of what the network sees of
  /// it.
  func addGradient(to gradient: inout GradientBuilder) {
    guard let part = gradient.contribution(to: 0) else { return }
    gradient.add(AliasOperation(), operands: [gradient.resultGradient], results: [part])
    gradient.contribute(part, to: 0)
  }
}

/// The examples of a block as training sees them.
struct AugmentationKernel<Base: LoweredAugmentation>: KernelSpec {
  let augmentation: Base
  let shape: Shape
  /// The target that is moved; nil where it is a layer's operand.
  var target: Int?
  let x, y: BufferID

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    if !augmentation.readsOtherExamples {
      shared.define(.philox)
      shared.define(
        SharedText("draw_for_rows", template: "Augmentation/draw_for_rows.c.mustache"))
    }
    let function = augmentation.function(&shared)
    let moved = target.map { names.plan.model.targets[$0] }
    return AugmentationContext(
      name: names.function(kernel), what: moved?.name ?? names.layer(kernel.head),
      source: moved.map { "\(names.source):\($0.range.lower.line)" }
        ?? names.line(of: kernel.head),
      formula: augmentation.formula, shape: shape.description, inPlace: names.sharePlace(x, y),
      call: CText.call(
        function,
        ["s", "task", "\(augmentation.stream)"] + augmentation.arguments(of: shape)
          + [names.lanes(x), names.lanes(y)]))
  }
}

/// What fills in the kernel's template.
struct AugmentationContext: TemplateContext {
  var template: String { "Augmentation/kernel.c.mustache" }
  let name, what, source, formula, shape: String
  let inPlace: Bool
  let call: String
}

/// The keys that several augmentations have.
enum AugmentationKeys {
  static let probability = Key.real(
    "probability", atLeast: 0, atMost: 1, default: 0.5, "the part of the examples")

  /// Fails where `shape` has not rows and columns, or columns alone where these are enough.
  static func check(_ keyword: String, _ shape: Shape, needsRows: Bool) throws(ShapeError) {
    let ranks = needsRows ? 3...3 : 2...3
    guard !ranks.contains(shape.dimensions.count) else { return }
    throw ShapeError(
      "\(keyword) takes an image [channels, height, width]"
        + (needsRows ? "" : " or a sequence [channels, length]") + ", and this is \(shape)",
      help:
        "declare the input with its axes, as in 'input image: [3, 32, 32]', and let the first layers "
        + "reshape it")
  }
}
