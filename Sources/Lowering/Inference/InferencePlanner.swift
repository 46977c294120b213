import IR

/// An operation that an inference has a kernel for: one example, its channels in the lanes.
package protocol InferenceOperation: Operation {
  /// Adds the kernel of layer `index`, and of what runs with it, or says where its result lies.
  func planInference(_ index: Int, in planner: inout InferencePlanner)
}

extension KernelPlan {
  /// The kernels that infer the outputs of one example: channels in the lanes, running statistics
  /// folded into the weights. `graph` is a forward pass.
  package init(inferring graph: Graph, options: PlanOptions) {
    var planner = InferencePlanner(graph: graph, options: options)
    planner.planInput()
    for index in graph.model.layers.indices { planner.plan(index) }
    self = planner.finish()
  }
}

/// The work of `KernelPlan.init(inferring:options:)`: the layers in order, each turned into a kernel,
/// or into none where it runs in another's or nothing reads it.
package struct InferencePlanner {
  package let graph: Graph
  package let options: PlanOptions
  package let lanes: Int
  private let groups: InferenceGroups
  private let extents: ReadExtents
  private let users: [[Int]]
  private var buffers: [Buffer] = []
  private var kernels: [Kernel] = []
  private var places: [ValueID: Place] = [:]
  private var names = PlanNames()

  /// Where a value lies, and how.
  package struct Place {
    package var buffer: BufferID
    package var layout: ChannelLayout
  }

  /// Multiply-adds below which a kernel runs on the calling thread: waking others takes longer.
  package static let aloneBelow = 1 << 20
  /// Multiply-adds of a task.
  package static let taskWork = 1 << 17

  package var model: Model { graph.model }

  init(graph: Graph, options: PlanOptions) {
    self.graph = graph
    self.options = options
    lanes = options.channelLanes(for: graph.model)
    groups = InferenceGroups(graph.model, fuses: options.fusesKernels)
    extents = ReadExtents(of: graph.model)
    users = graph.model.users
  }

  func finish() -> KernelPlan {
    KernelPlan(
      graph: graph, options: options, lanes: lanes, blocks: 1, buffers: buffers, kernels: kernels,
      output: place(model.loss.operand).buffer, blockLosses: nil, stored: [])
  }

  // MARK: Places

  /// Where a value lies. The planner asks only for values that an earlier layer has made.
  package func place(_ value: ValueID) -> Place {
    guard let place = places[value] else {
      preconditionFailure("the inference planner read a value before it was made")
    }
    return place
  }

  /// Says where a value lies.
  package mutating func put(_ value: ValueID, at place: Place) { places[value] = place }

  /// A new buffer for a value, as much of it as something reads.
  mutating func makePlace(_ value: ValueID, name: String) -> Place {
    let shape = model.shape(of: value)
    let extent = extents[value]
    let isNarrow = value == .input && isReadNumberByNumber(value)
    let layout = ChannelLayout(
      channels: shape.channels, height: extent.height, width: extent.width,
      stride: isNarrow ? shape.channels : vectors(shape.channels) * lanes)
    buffers.append(
      Buffer(
        name: names.claimBuffer(name),
        layout: .numbers([layout.height, layout.width, layout.stride]), taps: []))
    let place = Place(buffer: BufferID(index: buffers.count - 1), layout: layout)
    put(value, at: place)
    return place
  }

  /// A new buffer for the result of the layers that run in the kernel which `head` begins.
  package mutating func makeResult(of head: Int) -> Place {
    let tail = groups.members[head].last ?? head
    return makePlace(.result(of: tail), name: "\(model.layers[tail].name)_output")
  }

  /// Whether only products of weights read a value, which need no whole vectors of it, and
  /// no order of their own.
  package func isReadNumberByNumber(_ value: ValueID) -> Bool {
    guard model.loss.operand != value else { return false }
    return users[value.index].allSatisfy { user in
      let op = model.layers[user].op.base
      return op is any ProductOperation
        || op is any ViewOperation && isReadNumberByNumber(.result(of: user))
    }
  }

  /// Vectors that `channels` numbers fill.
  package func vectors(_ channels: Int) -> Int { (channels + lanes - 1) / lanes }

  // MARK: Kernels

  /// Adds the kernel that layer `index` begins; `name` follows the layer's.
  package mutating func add(
    _ name: String, layer index: Int, _ tasks: Kernel.Tasks, _ form: any InferenceForm,
    operations: Double
  ) {
    add(
      "\(model.layers[index].name)_\(name)", layers: groups.members[index], tasks, form,
      reads: model.layers[index].operands.map { .read(place($0).buffer) }
        + groups.members[index].flatMap(model.parameterIDs(of:)).map { .read(.parameter($0)) },
      writes: place(.result(of: groups.members[index].last ?? index)).buffer,
      operations: operations)
  }

  private mutating func add(
    _ name: String, layers: [Int], _ tasks: Kernel.Tasks, _ form: any InferenceForm,
    reads: [Effect], writes: BufferID, operations: Double
  ) {
    kernels.append(
      Kernel(
        name: names.claimKernel(name), layers: layers, phase: .forward, tasks: tasks, form: form,
        effects: reads + [.write(writes)], operations: operations))
  }

  /// The tasks of a kernel, on other threads where there is enough to do.
  package static func tasks(_ count: Int, isShared: Bool) -> Kernel.Tasks {
    count == 1 ? .serial : isShared ? .fixed(count) : .inTurn(count)
  }

  /// What `prepare` computes for the kernel that `head` begins.
  package mutating func preparation(
    _ head: Int, packing: Preparation.Packing? = nil
  ) -> Preparation {
    let layer = model.layers[head]
    let hasBias = (layer.op.base as? any ProductOperation)?.hasBias ?? false
    return Preparation(
      name: names.claimKernel("\(layer.name)_prepare"), layer: head,
      members: groups.members[head], bias: hasBias ? TensorID(layer: head, role: .bias) : nil,
      steps: groups.members[head].compactMap { ChannelStep(model.layers[$0].op, layer: $0) },
      channels: layer.shape.channels, vectors: vectors(layer.shape.channels), packing: packing)
  }

  /// The activation of another layer that the kernel which `head` begins ends with.
  package func activation(of head: Int) -> ScalarFunction? {
    groups.members[head].dropFirst().lazy.compactMap { model.layers[$0].op.base.activation }.first
  }

  mutating func planInput() {
    let y = makePlace(.input, name: "\(model.input.name)_channels")
    add(
      "\(model.input.name)_load", layers: [], .serial,
      InferenceLoad(layout: y.layout, scale: model.training.dataScale, y: y.buffer),
      reads: [.read(.input)], writes: y.buffer,
      operations: Double(model.input.shape.elementCount))
  }

  mutating func plan(_ index: Int) {
    guard let tail = groups.members[index].last, extents[.result(of: tail)].height > 0 else {
      return
    }
    guard let operation = model.layers[index].op.base as? any InferenceOperation else {
      preconditionFailure("\(model.layers[index].op.base.keyword) has no kernel for inference")
    }
    operation.planInference(index, in: &self)
  }
}
