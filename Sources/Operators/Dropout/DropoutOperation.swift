import IR
import Lowering

extension Dropout: LoweredOperation {
  package var forwardOperation: any ForwardOperation { DropoutOperation(dropout: self) }

  package var evaluationOperation: any ForwardOperation { IdentityOperation() }
}

/// Drops in training; in an evaluation of the same kernels nothing changes.
struct DropoutOperation: ForwardOperation {
  let dropout: Dropout

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let x = planner.place(node.operands[0])
    let y = planner.makeResult(of: index, head: index)
    let kernel = DropoutKernel(
      dropout, layer: index, shape: layer.shape, isForward: true, x: x, epilogue: nil, y: y)
    planner.add(
      "\(layer.name)_forward", layers: [index], .forward, .perBlock(kernel.pieces.count), kernel,
      [.read(x), .write(y)], replaces: x, operations: Double(layer.shape.elementCount))
  }

  func addGradient(to gradient: inout GradientBuilder) {
    guard let dx = gradient.contribution(to: 0) else { return }
    gradient.add(
      DropoutGradientOperation(dropout: dropout), operands: [gradient.resultGradient],
      results: [dx])
    gradient.contribute(dx, to: 0)
  }
}

/// dx: the same numbers are dropped again.
struct DropoutGradientOperation: GradientOperation {
  let label = "gradient"
  let dropout: Dropout
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let dy = planner.place(node.operands[0])
    let epilogue = planner.epilogue(self, node)
    let dx = planner.makePart(node.results[0])
    let kernel = DropoutKernel(
      dropout, layer: index, shape: layer.shape, isForward: false, x: dy, epilogue: epilogue, y: dx)
    planner.add(
      "\(layer.name)_backward", layers: node.layers, .backward, .perBlock(kernel.pieces.count),
      kernel, GradientEpilogue.effects(epilogue, reading: [dy]) + [.write(dx)], replaces: dy,
      operations: (1 + GradientEpilogue.operations(epilogue)) * Double(layer.shape.elementCount))
  }
}

/// What is kept of x, or of dy: a task is a piece of one block.
struct DropoutKernel: KernelSpec {
  var dropout: Dropout
  var layer: Int
  /// Units that are kept or dropped, and the numbers of each.
  var units, size: Int
  /// The units, four by four, cut into tasks.
  var pieces: Partition
  var isForward: Bool
  var x: BufferID
  /// What each number of dx goes through.
  var epilogue: GradientEpilogue?
  var y: BufferID

  init(
    _ dropout: Dropout, layer: Int, shape: Shape, isForward: Bool, x: BufferID,
    epilogue: GradientEpilogue?, y: BufferID
  ) {
    self.dropout = dropout
    self.layer = layer
    (units, size) = dropout.units(of: shape)
    pieces = Partition((units + 3) / 4, limit: max(1, 512 / size))
    self.isForward = isForward
    self.x = x
    self.epilogue = epilogue
    self.y = y
  }

  var functions: [ScalarFunction] { epilogue.map { [$0.function] } ?? [] }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    DropoutContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}
