import IR
import Lowering

extension AveragePool: LoweredOperation {
  private var operation: PoolOperation { PoolOperation(sizes: sizes, pooling: pooling) }
  package var forwardOperation: any ForwardOperation { operation }
  package var evaluationOperation: any ForwardOperation { operation.evaluating }
}

extension MaxPool: LoweredOperation {
  private var operation: PoolOperation { PoolOperation(sizes: sizes, pooling: pooling) }
  package var forwardOperation: any ForwardOperation { operation }
  package var evaluationOperation: any ForwardOperation { operation.evaluating }
}

/// A pool where no other kernel does it, and the activation after it.
struct PoolOperation: StoringOperation {
  let sizes: WindowSizes
  let pooling: Pooling
  var activation: Activation?
  var trains = true

  var readsChannelParts: ChannelReading { .vectors }
  var makesChannelParts: Bool { true }

  func hasChannelKernels(for operands: [Shape]) -> Bool { true }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    if let x = planner.channels(node.operands[0]) {
      planner.planPool(self, node, of: x)
      return
    }
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let x = planner.place(node.operands[0])
    let geometry = planner.geometry(of: index, pooling)
    let result = planner.makeStored(by: self, node)
    planner.add(
      "\(layer.name)_forward", layers: node.layers, .forward, .perBlock(geometry.channels),
      PoolForward(pool: geometry, x: x, result: result), [.read(x)] + result.effects,
      operations: Double(layer.shape.elementCount * geometry.window.taps))
  }

  func addGradient(to gradient: inout GradientBuilder) {
    guard let (dy, dx) = addActivationGradient(to: &gradient) else { return }
    // Where each maximum was, the operand says.
    let saved = pooling == .max ? [GraphValue.activation(gradient.operand(0))] : []
    gradient.add(PoolGradientOperation(pool: self), operands: [dy] + saved, results: [dx])
    gradient.contribute(dx, to: 0)
  }
}

/// dx of a pool.
struct PoolGradientOperation: GradientOperation {
  let label = "gradient"
  let pool: PoolOperation
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let dy = planner.place(node.operands[0])
    let x = pool.pooling == .max ? planner.place(node.operands[1]) : nil
    let epilogue = planner.epilogue(self, node)
    let dx = planner.makePart(node.results[0])
    let geometry = planner.geometry(of: index, pool.pooling)
    planner.add(
      "\(layer.name)_backward", layers: [index], .backward, .perBlock(geometry.channels),
      PoolBackward(pool: geometry, x: x, dy: dy, epilogue: epilogue, dx: dx),
      GradientEpilogue.effects(epilogue, reading: [x, dy].compactMap { $0 }) + [.write(dx)],
      operations: Double(layer.shape.elementCount * geometry.window.taps)
        + GradientEpilogue.operations(epilogue)
        * Double(planner.model.shape(of: layer.operands[0]).elementCount))
  }
}

extension KernelPlanner {
  /// The sizes of the pool that layer `index` is.
  func geometry(of index: Int, _ pooling: Pooling) -> PoolGeometry {
    let layer = model.layers[index]
    let input = model.shape(of: layer.operands[0])
    return PoolGeometry(
      window(of: layer), pooling, channels: input.channels, height: input.height,
      width: input.width)
  }

  /// The window that `layer` slides over its operand.
  func window(of layer: Layer) -> Window {
    guard let operation = layer.op.base as? any WindowedOperation else {
      fatalError("\(layer.name) has no window")
    }
    return operation.window(over: model.shape(of: layer.operands[0]))
  }
}

/// A pool where no other kernel does it: one task per channel and block.
struct PoolForward: KernelSpec {
  var pool: PoolGeometry
  var x: BufferID
  var result: StoredResult

  var functions: [ScalarFunction] { result.stored.functions }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    PoolForwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// A pool's gradient: one task per channel and block.
struct PoolBackward: KernelSpec {
  var pool: PoolGeometry
  /// The pool's input, which says where each maximum was; nil of a mean.
  var x: BufferID?
  var dy: BufferID
  /// What each number of dx goes through.
  var epilogue: GradientEpilogue?
  var dx: BufferID

  var functions: [ScalarFunction] { epilogue.map { [$0.function] } ?? [] }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    PoolBackwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}
