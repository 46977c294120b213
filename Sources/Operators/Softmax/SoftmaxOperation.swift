import IR
import Lowering

extension Softmax: LoweredOperation, ForwardOperation {
  package var readsChannelParts: ChannelReading { .vectors }
  package var makesChannelParts: Bool { true }

  /// Over the channels of an image, a sequence or a vector.
  package func hasChannelKernels(for operands: [Shape]) -> Bool {
    operands[0].dimensions.count <= 3 && (try? axis.index(in: operands[0], for: keyword)) == 0
  }

  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    if let x = planner.channels(node.operands[0]) {
      return planner.planSoftmax(self, node, of: x)
    }
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let x = planner.place(node.operands[0])
    let y = planner.makeResult(of: index, head: index)
    let pieces = tasks(of: layer.shape)
    planner.add(
      "\(layer.name)_forward", layers: [index], .forward, .perBlock(pieces.count),
      SoftmaxForward(softmax: self, rows: rows(of: layer.shape), pieces: pieces, x: x, y: y),
      [.read(x), .write(y)], replaces: x, operations: Double(5 * layer.shape.elementCount))
  }

  package func addGradient(to gradient: inout GradientBuilder) {
    guard let dx = gradient.contribution(to: 0) else { return }
    gradient.add(
      SoftmaxGradientOperation(softmax: self),
      operands: [gradient.resultGradient, gradient.result], results: [dx])
    gradient.contribute(dx, to: 0)
  }

  /// The rows of one block cut into tasks of some thousand vectors.
  fileprivate func tasks(of shape: Shape) -> Partition {
    let rows = rows(of: shape)
    return Partition(rows.rows, limit: max(1, 2048 / rows.count))
  }
}

/// dx of a softmax, from its result.
struct SoftmaxGradientOperation: GradientOperation {
  let label = "gradient"
  let softmax: Softmax
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let (dy, y) = (planner.place(node.operands[0]), planner.place(node.operands[1]))
    let epilogue = planner.epilogue(self, node)
    let dx = planner.makePart(node.results[0])
    let pieces = softmax.tasks(of: layer.shape)
    planner.add(
      "\(layer.name)_backward", layers: node.layers, .backward, .perBlock(pieces.count),
      SoftmaxBackward(
        softmax: softmax, rows: softmax.rows(of: layer.shape), pieces: pieces, y: y, dy: dy,
        epilogue: epilogue, dx: dx),
      GradientEpilogue.effects(epilogue, reading: [y, dy]) + [.write(dx)], replaces: dy,
      operations: (4 + GradientEpilogue.operations(epilogue)) * Double(layer.shape.elementCount))
  }
}

/// The forward pass: a task is a piece of one block's rows.
struct SoftmaxForward: KernelSpec {
  var softmax: Softmax
  var rows: AxisRows
  var pieces: Partition
  var x: BufferID
  var y: BufferID

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    SoftmaxForwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// The gradient: a task is a piece of one block's rows.
struct SoftmaxBackward: KernelSpec {
  var softmax: Softmax
  var rows: AxisRows
  var pieces: Partition
  var y: BufferID
  var dy: BufferID
  /// What each number of dx goes through.
  var epilogue: GradientEpilogue?
  var dx: BufferID

  var functions: [ScalarFunction] { epilogue.map { [$0.function] } ?? [] }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    SoftmaxBackwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}
