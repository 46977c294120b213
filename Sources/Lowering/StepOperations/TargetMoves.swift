import IR

/// An augmentation that the compiler can have move a target too.
package protocol LoweredMove: Augmentation {
  /// The kernel that moves target `target`, of `shape`, from `x` to `y`.
  func kernel(moving target: Int, of shape: Shape, from x: BufferID, to y: BufferID)
    -> any KernelSpec
  /// Its tasks for each block of examples.
  func tasks(of shape: Shape) -> Int
  /// Operations for each number.
  var operations: Double { get }
}

/// Brings a target into the lanes and moves it there as training moves its input: by the same
/// augmentations, whose draws are the same. Where nothing trains they leave it as it is.
///
/// 0 comes in from outside, and is to be a class of its own choice: the classes lie there less that one.
struct TargetMoves: GraphOperation {
  let label = "target"
  /// Which target.
  let target: Int

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let model = planner.model
    let (one, zero) = (model.targets[target], model.classOutside(ofTarget: target))
    guard let shape = one.image else { fatalError("\(one.name) has no places to move") }
    var x = planner.makeBuffer("\(one.name)_lanes", .lanes(shape))
    planner.add(
      "\(one.name)_load", layers: [], .forward, .perBlock(1),
      TargetLoad(target: target, shape: shape, zero: zero, y: x),
      [.read(.target(target)), .write(x)], operations: 0)
    for operation in one.moves {
      guard let move = operation.base as? any LoweredMove else {
        fatalError("\(operation.base.keyword) has no kernel")
      }
      let y = planner.makeBuffer("\(one.name)_\(move.keyword)", .lanes(shape))
      planner.add(
        "\(move.keyword)_\(one.name)", layers: [], .forward, .perBlock(move.tasks(of: shape)),
        move.kernel(moving: target, of: shape, from: x, to: y), [.read(x), .write(y)],
        operations: move.operations * Double(shape.elementCount))
      x = y
    }
    planner.movedTargets[target] = TargetAccess.Moved(
      buffer: x, place: planner.buffers[x.index].enumerator, zero: zero)
  }
}

/// The targets of a block, brought into the lanes: inactive lanes are 0, and all where there are none.
struct TargetLoad: KernelSpec {
  let target: Int
  let shape: Shape
  /// The class that 0 stands for.
  let zero: Int
  let y: BufferID

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    TargetLoadContext(self, kernel: kernel, names: names)
  }
}

struct TargetLoadContext: TemplateContext {
  var template: String { "StepOperations/target_load.c.mustache" }
  let name, target, shape, y, isGiven, number: String
  let elements: Int
  /// The class that 0 stands for, where that is not the first.
  let zero: String?

  init(_ spec: TargetLoad, kernel: Kernel, names: CodegenContext) {
    let access = names.plan.model.access(to: spec.target)
    name = names.function(kernel)
    target = names.plan.model.targets[spec.target].name
    shape = spec.shape.description
    y = names.buffer(spec.y)
    elements = spec.shape.elementCount
    isGiven = access.isGiven()
    zero = spec.zero == 0 ? nil : "\(spec.zero)"
    let example = "block * LANES + l"
    if access.hasClasses {
      let label = access.label(example, at: "k", of: "COUNT")
      let difference = label + CText.added(-spec.zero)
      number = "(real)" + (spec.zero == 0 ? difference : "(\(difference))")
    } else {
      number = access.number(example, "k", of: "COUNT")
    }
  }
}
