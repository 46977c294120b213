import IR

extension KernelPlan {
  /// The kernels that infer the outputs of one example: channels in the lanes, running statistics
  /// folded into the weights. `graph` is a forward pass.
  package init(inferring graph: TrainingGraph, options: PlanOptions) {
    var planner = InferencePlanner(graph: graph, options: options)
    planner.planInput()
    for index in graph.model.layers.indices { planner.plan(index) }
    self = planner.finish()
  }
}

/// The work of `KernelPlan.init(inferring:options:)`: the layers in order, each turned into a kernel,
/// or into none where it runs in another's or nothing reads it.
struct InferencePlanner {
  let graph: TrainingGraph
  let options: PlanOptions
  let lanes: Int
  private let groups: InferenceGroups
  private let extents: ReadExtents
  private let users: [[Int]]
  private var buffers: [Buffer] = []
  private var kernels: [Kernel] = []
  private var places: [ValueID: Place] = [:]
  private var names = PlanNames()

  /// Where a value lies, and how.
  struct Place {
    var buffer: BufferID
    var layout: ChannelLayout
  }

  var model: Model { graph.model }

  init(graph: TrainingGraph, options: PlanOptions) {
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
  func place(_ value: ValueID) -> Place {
    guard let place = places[value] else {
      preconditionFailure("the inference planner read a value before it was made")
    }
    return place
  }

  /// Says where a value lies.
  mutating func put(_ value: ValueID, at place: Place) { places[value] = place }

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

  /// Whether only convolutions and dense layers read a value, which need no whole vectors of it, and
  /// no order of their own.
  func isReadNumberByNumber(_ value: ValueID) -> Bool {
    guard model.loss.operand != value else { return false }
    return users[value.index].allSatisfy { user in
      switch model.layers[user].op {
      case .convolution, .dense: true
      case .flatten: isReadNumberByNumber(.result(of: user))
      case .batchNorm, .normalize, .scaleShift, .relu, .sigmoid, .averagePool, .maxPool, .add:
        false
      }
    }
  }

  /// Vectors that `channels` numbers fill.
  func vectors(_ channels: Int) -> Int { (channels + lanes - 1) / lanes }

  // MARK: Kernels

  /// Adds a kernel.
  mutating func add(
    _ name: String, layer: Int?, _ tasks: Kernel.Tasks, _ form: InferenceForm, reads: [BufferID],
    writes: BufferID, operations: Double
  ) {
    kernels.append(
      Kernel(
        name: names.claimKernel(name), layer: layer, phase: .forward, tasks: tasks,
        form: .inference(form), reads: reads, writes: [writes], operations: operations))
  }

  /// What `prepare` computes for the kernel that `head` begins.
  mutating func preparation(_ head: Int) -> Preparation {
    let layer = model.layers[head]
    let hasBias: Bool =
      switch layer.op {
      case .convolution(let op): op.hasBias
      case .dense(let op): op.hasBias
      case .batchNorm, .normalize, .scaleShift, .relu, .sigmoid, .averagePool, .maxPool, .flatten,
        .add:
        false
      }
    return Preparation(
      name: names.claimKernel("\(layer.name)_prepare"), layer: head,
      members: groups.members[head], bias: hasBias ? TensorID(layer: head, role: .bias) : nil,
      steps: groups.members[head].compactMap { ChannelStep(model.layers[$0].op, layer: $0) },
      channels: layer.shape.channels, vectors: vectors(layer.shape.channels))
  }

  /// Whether the kernel that `head` begins ends with a ReLU of another layer.
  func endsWithReLU(_ head: Int) -> Bool {
    groups.members[head].dropFirst().contains {
      if case .relu = model.layers[$0].op { true } else { false }
    }
  }

  mutating func planInput() {
    let y = makePlace(.input, name: "\(model.input.name)_channels")
    add(
      "\(model.input.name)_load", layer: nil, .serial,
      .load(InferenceLoad(layout: y.layout, scale: model.training.dataScale, y: y.buffer)),
      reads: [], writes: y.buffer, operations: Double(model.input.shape.elementCount))
  }

  mutating func plan(_ index: Int) {
    guard let tail = groups.members[index].last, extents[.result(of: tail)].height > 0 else {
      return
    }
    let layer = model.layers[index]
    let x = place(layer.operands[0])
    if case .flatten = layer.op, keepsItsPlace(x.layout, index) {
      put(.result(of: index), at: x)
      return
    }
    let y = makePlace(.result(of: tail), name: "\(model.layers[tail].name)_output")
    let name = "\(layer.name)_forward"
    let count = Double(y.layout.positions * y.layout.channels)
    func planSimple(_ form: InferenceForm, operations: Double) {
      add(
        name, layer: index, .serial, form, reads: [x.buffer], writes: y.buffer,
        operations: operations)
    }
    switch layer.op {
    case .convolution(let op): planConvolution(op, index, x, y)
    case .dense: planDense(index, x, y)
    case .batchNorm, .normalize, .scaleShift:
      let form = InferenceAffine(
        input: x.layout, output: y.layout, preparation: preparation(index),
        hasReLU: endsWithReLU(index), x: x.buffer, y: y.buffer)
      planSimple(.affine(form), operations: 2 * count)
    case .relu, .sigmoid:
      let form = InferenceActivation(
        function: layer.op == .sigmoid(Sigmoid()) ? .sigmoid : .relu, input: x.layout,
        output: y.layout, x: x.buffer, y: y.buffer)
      planSimple(.activation(form), operations: count)
    case .averagePool(let op): planSimple(pool(.average, op.window, x, y), operations: count)
    case .maxPool(let op): planSimple(pool(.max, op.window, x, y), operations: count)
    case .flatten:
      let form = InferenceFlatten(
        input: x.layout, output: y.layout, x: x.buffer, y: y.buffer)
      planSimple(.flatten(form), operations: 0)
    case .add: planSum(index, y)
    }
  }

  /// Whether a flattened image may lie as it lay: where one pixel is all there is, or only weights'
  /// order depends on it.
  private func keepsItsPlace(_ layout: ChannelLayout, _ index: Int) -> Bool {
    layout.positions == 1 || isReadNumberByNumber(.result(of: index))
  }

  private func pool(_ kind: Pool.Kind, _ window: Window, _ x: Place, _ y: Place) -> InferenceForm {
    .pool(
      InferencePool(
        kind: kind, window: window, input: x.layout, output: y.layout, x: x.buffer, y: y.buffer))
  }

  private mutating func planSum(_ index: Int, _ y: Place) {
    let layer = model.layers[index]
    let parts = layer.operands.map(place)
    add(
      "\(layer.name)_forward", layer: index, .serial,
      .sum(
        InferenceSum(
          members: groups.members[index], inputs: parts.map(\.layout), output: y.layout,
          hasReLU: endsWithReLU(index),
          parts: parts.map(\.buffer), y: y.buffer)),
      reads: parts.map(\.buffer), writes: y.buffer,
      operations: Double(y.layout.positions * y.layout.channels))
  }
}
