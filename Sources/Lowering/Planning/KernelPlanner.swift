import IR

extension KernelPlan {
  /// The kernels that carry out `graph` for the target and purpose of `options`.
  package init(planning graph: TrainingGraph, options: PlanOptions) {
    var planner = KernelPlanner(graph: graph, options: options)
    for node in graph.nodes { planner.plan(node) }
    self = planner.finish()
  }
}

/// The work of `KernelPlan.init(planning:options:)`: the nodes of the graph in order, each turned into
/// kernels by the function of its operator, or into none where it runs in another's.
struct KernelPlanner {
  let graph: TrainingGraph
  let options: PlanOptions
  let groups: FusionGroups
  let lanes: Int
  let blocks: Int
  var buffers: [Buffer] = []
  var kernels: [Kernel] = []
  var stored: [KernelPlan.StoredValue] = []
  /// The bands of rows whose statistics a layer gathers, by its index.
  var statisticsBands: [Int: Cut] = [:]
  /// The parameters whose gradient the graph takes.
  private let learned: Set<TensorID>
  /// Where each value of the graph lies.
  private var places: [GraphValue: BufferID] = [:]
  private var blockLosses = BufferID(index: 0)
  private var names = PlanNames()

  var model: Model { graph.model }
  var isInspection: Bool { options.purpose == .inspection }

  init(graph: TrainingGraph, options: PlanOptions) {
    self.graph = graph
    self.options = options
    groups = options.fusesKernels ? .fuse(graph.model) : .none(graph.model)
    lanes = options.lanes(batch: graph.model.training.batch)
    blocks = (graph.model.training.batch + lanes - 1) / lanes
    learned = Set(
      graph.nodes.flatMap(\.results).compactMap {
        if case .parameterGradient(let tensor) = $0 { tensor } else { nil }
      })
  }

  func finish() -> KernelPlan {
    KernelPlan(
      graph: graph, options: options, lanes: lanes, blocks: blocks, buffers: buffers,
      kernels: kernels, output: place(.activation(model.loss.operand)), blockLosses: blockLosses,
      stored: stored)
  }

  mutating func plan(_ node: TrainingGraph.Node) {
    switch node.operation {
    case .input: planInput()
    case .forward(let layer): if groups.head[layer] == layer { planForward(layer) }
    case .loss: planLoss()
    case .backward(let layer): planBackward(layer, node)
    case .accumulate: planAccumulate(node)
    case .update(let tensor): planUpdate(tensor)
    case .moveStatistics(let layer): planMove(layer)
    }
  }

  // MARK: Buffers

  /// A new buffer.
  mutating func makeBuffer(_ name: String, _ layout: Buffer.Layout, taps: [Buffer.Tap] = [])
    -> BufferID
  {
    let name = names.claimBuffer(name)
    buffers.append(Buffer(name: name, layout: layout, taps: isInspection ? taps : []))
    return BufferID(index: buffers.count - 1)
  }

  /// Where a value lies. The planner asks only for values that an earlier node has made.
  func place(_ value: GraphValue) -> BufferID {
    guard let buffer = places[value] else {
      preconditionFailure("the kernel planner read \(value) before it was made")
    }
    return buffer
  }

  /// Says where a value lies.
  mutating func put(_ value: GraphValue, at buffer: BufferID) { places[value] = buffer }

  /// A new buffer for the result of layer `tail`, stored by the kernel of layer `head`.
  mutating func makeResult(of tail: Int, head: Int) -> BufferID {
    let layer = model.layers[tail]
    let buffer = makeBuffer(
      "\(layer.name)_output", .lanes(layer.shape),
      taps: [tap("\(layer.name).output", .value, layer: tail, layer.shape.dimensions)])
    put(.activation(.result(of: tail)), at: buffer)
    stored.append(.init(layer: head, buffer: buffer))
    return buffer
  }

  /// A new buffer for a gradient of the value `id`.
  mutating func makeGradient(_ value: GraphValue, of id: ValueID, by user: String?) -> BufferID {
    let buffer = makeBuffer(
      "\(model.name(of: id))_" + (user.map { "\($0)_" } ?? "") + "output_gradient",
      .lanes(model.shape(of: id)),
      taps: gradientTaps(value, of: id))
    put(value, at: buffer)
    return buffer
  }

  /// The name under which a host reads a gradient: none for a part of one that is still to be added
  /// to others.
  private func gradientTaps(_ value: GraphValue, of id: ValueID) -> [Buffer.Tap] {
    if case .contribution(_, let layer, _) = value, layer >= 0 {
      let users = model.users[id.index].count + (model.loss.operand == id ? 1 : 0)
      guard users == 1 else { return [] }
    }
    let name =
      id == .input ? "\(model.input.name).gradient" : "\(model.name(of: id)).output_gradient"
    return [
      tap(
        name, .valueGradient, layer: id == .input ? nil : id.layerIndex,
        model.shape(of: id).dimensions)
    ]
  }

  func tap(
    _ name: String, _ role: Buffer.Tap.Role, layer: Int?, _ shape: [Int], offset: Int = 0
  ) -> Buffer.Tap {
    Buffer.Tap(name: name, role: role, layer: layer, shape: shape, offset: offset)
  }

  // MARK: Kernels

  /// Adds a kernel.
  mutating func add(
    _ name: String, layer: Int?, _ phase: Kernel.Phase, _ tasks: Kernel.Tasks, _ form: Kernel.Form,
    reads: [BufferID], writes: [BufferID], replaces: BufferID? = nil, operations: Double
  ) {
    kernels.append(
      Kernel(
        name: names.claimKernel(name), layer: layer, phase: phase, tasks: tasks, form: form,
        reads: reads,
        writes: writes, replaces: replaces,
        operations: operations * Double(model.training.batch)))
  }

  private mutating func planInput() {
    let shape = model.input.shape
    let buffer = makeBuffer(
      "\(model.input.name)_lanes", .lanes(shape),
      taps: [tap(model.input.name, .value, layer: nil, shape.dimensions)])
    put(.activation(.input), at: buffer)
    add(
      "\(model.input.name)_load", layer: nil, .forward, .perBlock(1),
      .inputLoad(
        InputLoad(elements: shape.elementCount, scale: model.training.dataScale, y: buffer)),
      reads: [], writes: [buffer], operations: Double(shape.elementCount))
  }

  private mutating func planLoss() {
    let operand = model.loss.operand
    let logits = place(.activation(operand))
    let gradient = makeGradient(.gradient(operand), of: operand, by: nil)
    blockLosses = makeBuffer("block_losses", .numbers([blocks]))
    let count = model.shape(of: operand).elementCount
    let loss = LossForm(
      outputs: count, isMean: model.loss.reduction == .mean, x: logits, gradient: gradient)
    let form: Kernel.Form =
      switch model.loss.kind {
      case .softmaxCrossEntropy: .softmaxCrossEntropy(loss)
      case .linearRegression: .linearRegression(loss)
      case .binaryCrossEntropy: .binaryCrossEntropy(loss)
      }
    add(
      "loss_\(model.loss.kind.rawValue)", layer: nil, .loss, .perBlock(1), form, reads: [logits],
      writes: [gradient, blockLosses], operations: Double(5 * count))
  }

  private mutating func planAccumulate(_ node: TrainingGraph.Node) {
    let id: ValueID
    switch node.results[0] {
    case .gradient(let value), .contribution(let value, _, _): id = value
    case .activation, .parameter, .parameterGradient, .statistics, .running, .loss: return
    }
    let parts = node.operands.map(place)
    let y = makeGradient(node.results[0], of: id, by: "summed")
    let elements = model.shape(of: id).elementCount
    let pieces = piecesPerBlock(elements)
    add(
      "\(model.name(of: id))_gradient_sum", layer: id == .input ? nil : id.layerIndex, .backward,
      .perBlock(pieces),
      .sum(Sum(elements: elements, pieces: pieces, parts: parts, hasReLU: false, y: y)),
      reads: parts, writes: [y], operations: Double((parts.count - 1) * elements))
  }

  private mutating func planUpdate(_ tensor: TensorID) {
    // A fused plan moves a parameter where its gradient is made, and no gradient is stored.
    guard let gradient = places[.parameterGradient(tensor)] else { return }
    let shape = declaration(tensor).shape
    let layer = model.layers[tensor.layer]
    let count = shape.reduce(1, *)
    kernels.append(
      Kernel(
        name: names.claimKernel("\(layer.name)_\(tensor.role.rawValue)_update"),
        layer: tensor.layer,
        phase: .backward,
        tasks: .serial, form: .update(Update(tensor: tensor, count: count, gradient: gradient)),
        reads: [gradient], writes: [], operations: Double(2 * count)))
  }

  /// Where the gradient of `tensor` goes; nil where the graph takes none.
  mutating func destination(of tensor: TensorID) -> GradientDestination? {
    guard learned.contains(tensor) else { return nil }
    if isInspection { return .region }
    if options.fusesKernels { return .update }
    // As the formulas call it, and unlike the kernel that makes it: conv1_dweight.
    let name = "\(model.layers[tensor.layer].name)_d\(tensor.role.rawValue)"
    let buffer = makeBuffer(name, .numbers(declaration(tensor).shape))
    put(.parameterGradient(tensor), at: buffer)
    return .buffer(buffer)
  }

  func declaration(_ tensor: TensorID) -> TensorDeclaration {
    let layer = model.layers[tensor.layer]
    return layer.op.definition.parameters(of: model.operandShapes(of: layer)).first {
      $0.role == tensor.role
    } ?? TensorDeclaration(tensor.role, shape: [])
  }

  /// Into how many tasks a block's elementwise work is cut: some thousand vectors each.
  func piecesPerBlock(_ elements: Int) -> Int { Cut(elements, limit: 2048).count }
}
