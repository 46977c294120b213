import IR

extension KernelPlan {
  /// The kernels that carry out `graph` for the target and purpose of `options`.
  package init(planning graph: Graph, options: PlanOptions) {
    var planner = KernelPlanner(graph: graph, options: options)
    for node in graph.nodes {
      planner.bringOperands(of: node)
      node.operation.plan(node, in: &planner)
    }
    self = planner.finish()
  }
}

/// The work of `KernelPlan.init(planning:options:)`: the nodes of the graph in order, each turned
/// into kernels by its operation.
package struct KernelPlanner {
  package let graph: Graph
  package let options: PlanOptions
  package let layouts: ValueLayouts
  package var buffers: [Buffer] = []
  package var kernels: [Kernel] = []
  var savedActivations: [KernelPlan.SavedActivation] = []
  /// The bands of rows whose statistics a layer gathers, by its index.
  package var statisticsBands: [Int: Partition] = [:]
  /// What the graph's operations make.
  private let results: Set<GraphValue>
  /// Of the values that are read where another lies, that one's buffer and where in it.
  var views: [GraphValue: (buffer: BufferID, view: ValueView)] = [:]
  /// Where each value of the graph lies.
  var places: [GraphValue: BufferID] = [:]
  /// Where the same numbers lie with other axes in the lanes.
  var otherPlaces: [GraphValue: BufferID] = [:]
  /// Whether the node at hand wants channels in the lanes; nil where it takes what there is.
  var wantsChannels: Bool?
  /// How many values contribute to the gradient of each value.
  private let contributions: [ValueID: Int]
  var blockLosses: [BufferID] = []
  /// Where the targets lie that training moves, by their indices.
  var movedTargets: [Int: TargetAccess.Moved] = [:]
  private var names = PlanNames()

  package var model: Model { graph.model }
  /// Numbers a vector: examples or channels.
  package var lanes: Int { layouts.lanes }
  /// Blocks of examples in a full batch.
  package var blocks: Int { layouts.blocks }
  package var isInspection: Bool { options.purpose == .inspection }
  /// Whether gradients go to the caller's region, which is laid out as the parameters are.
  var keepsGradientsInRegion: Bool { options.keepsGradientsInRegion(of: model) }

  init(graph: Graph, options: PlanOptions) {
    self.graph = graph
    self.options = options
    guard let layouts = graph.layouts else {
      fatalError("kernels are planned of a graph whose values have no layouts")
    }
    self.layouts = layouts
    let results = graph.nodes.flatMap(\.results)
    self.results = Set(results)
    contributions = results.reduce(into: [:]) { counts, value in
      switch value {
      case .contribution(let id, _, _), .lossGradient(let id, _): counts[id, default: 0] += 1
      default: break
      }
    }
  }

  mutating func finish() -> KernelPlan {
    bringResults()
    placeChannelParts()
    return KernelPlan(
      graph: graph, options: options, layouts: layouts, buffers: buffers, kernels: kernels,
      outputs: model.outputs.map { place(.activation($0)) },
      lossOperands: graph.losses.map { place(.activation($0.operand)) }, blockLosses: blockLosses,
      movedTargets: movedTargets, savedActivations: savedActivations)
  }

  /// Whether several layers, or a layer and the loss, contribute to the gradient of `value`.
  func hasParts(_ value: ValueID) -> Bool { contributions[value, default: 0] > 1 }

  // MARK: Buffers

  /// A new buffer.
  package mutating func makeBuffer(
    _ name: String, _ layout: Buffer.Layout, probes: [Buffer.Probe] = []
  )
    -> BufferID
  {
    let name = names.claimBuffer(name)
    buffers.append(
      Buffer(
        name: name, layout: layout, element: options.precision, probes: isInspection ? probes : []))
    return BufferID(index: buffers.count - 1)
  }

  /// Where a value lies, for the node at hand. The planner asks only for values that an earlier node
  /// has made.
  package func place(_ value: GraphValue) -> BufferID {
    if let wantsChannels, let buffer = places[value], hasChannels(buffer) != wantsChannels,
      let other = otherPlaces[value]
    {
      return other
    }
    guard let buffer = places[value] else {
      fatalError("the kernel planner read \(value) before it was made")
    }
    return buffer
  }

  /// Says where a value lies. What it is called where a step is inspected is one more name of that
  /// place.
  package mutating func put(_ value: GraphValue, at buffer: BufferID) {
    places[value] = buffer
    if isInspection { buffers[buffer.index].probes += gradientProbes(value) }
  }

  /// A new buffer for the result of layer `tail`, stored by the kernel of layer `head`.
  package mutating func makeResult(of tail: Int, head: Int) -> BufferID {
    let layer = model.layers[tail]
    let buffer = makeBuffer(
      "\(layer.name)_output", layouts[.result(of: tail)],
      probes: [
        probe(
          model.inspectedName(of: .result(of: tail)), .value, layer: tail, layer.shape.dimensions)
      ])
    put(.activation(.result(of: tail)), at: buffer)
    savedActivations.append(.init(layer: head, buffer: buffer))
    return buffer
  }

  /// A buffer for what `node` computes before the activation that it ends with. Numbers that are not
  /// finite there are not the activation's doing.
  package mutating func makeIntermediate(of node: Graph.Node) -> BufferID {
    guard let head = node.head, let value = node.beforeActivation,
      case .activation(let id) = value
    else { fatalError("no layer keeps what its activation is applied to") }
    let buffer = makeBuffer("\(model.layers[head].name)_sums", .lanes(model.shape(of: id)))
    put(value, at: buffer)
    savedActivations.append(.init(layer: head, buffer: buffer))
    return buffer
  }

  /// A new buffer for a gradient of the value `id`: all of it, or what `user` contributes.
  package mutating func makeGradient(
    _ value: GraphValue, of id: ValueID, by user: String?
  ) -> BufferID {
    let whole = model.name(of: id)
    // Two names of the user together may be wider than a page of C.
    let part = user.map { ($0 + whole).utf8.count < Limits.nameLength ? "\($0)_" : "part_" } ?? ""
    let buffer = makeBuffer("\(whole)_\(part)output_gradient", .lanes(model.shape(of: id)))
    put(value, at: buffer)
    return buffer
  }

  /// A new buffer for what a layer contributes to the gradient of one of its operands.
  package mutating func makeContribution(_ value: GraphValue) -> BufferID {
    guard case .contribution(let id, let layer, _) = value else {
      fatalError("\(graph.name(value)) is no contribution")
    }
    let isPart = model.users[id].count > 1
    return makeGradient(value, of: id, by: isPart ? model.layers[layer].name : nil)
  }

  /// The name under which a host reads a gradient: none for a part of one that is still to be added
  /// to others.
  private func gradientProbes(_ value: GraphValue) -> [Buffer.Probe] {
    let id: ValueID
    switch value {
    case .gradient(let whole), .intermediateGradient(let whole): id = whole
    case .contribution(let part, _, _), .lossGradient(let part, _):
      guard contributions[part] == 1 else { return [] }
      id = part
    case .activation, .parameter, .parameterGradient, .penalizedGradient, .gradientSum,
      .processSum, .bundle, .gradientFactor, .blockStatistics, .statistics, .running, .loss,
      .movedTarget:
      return []
    }
    let name = model.name(of: id) + (id.layer == nil ? ".gradient" : ".output_gradient")
    return [
      probe(name, .valueGradient, layer: id.layer, model.shape(of: id).dimensions)
    ]
  }

  package func probe(
    _ name: String, _ role: Buffer.Probe.Role, layer: Int?, _ shape: [Int], offset: Int = 0
  ) -> Buffer.Probe {
    Buffer.Probe(name: name, role: role, layer: layer, shape: shape, offset: offset)
  }

  // MARK: Kernels

  /// A name for a function of the C: `wish`, or `wish` with the first number that makes it new.
  mutating func claimName(_ wish: String) -> String { names.claimKernel(wish) }

  /// Adds a kernel; `operations` are those for one example.
  package mutating func add(
    _ name: String, layers: [Int], _ phase: Kernel.Phase, _ tasks: Kernel.Tasks,
    _ spec: any KernelSpec, _ effects: [Effect], replaces: BufferID? = nil, operations: Double
  ) {
    kernels.append(
      Kernel(
        name: names.claimKernel(name), layers: layers, phase: phase, tasks: tasks, spec: spec,
        effects: effects, replaces: replaces,
        operations: operations * Double(layouts.examples)))
  }

  /// Where the gradient of `tensor` goes; nil where the graph takes none.
  package mutating func destination(of tensor: TensorID) -> GradientDestination? {
    guard results.contains(.parameterGradient(tensor)) else {
      return results.contains(.parameter(tensor, version: 1))
        ? .update(by: model.optimizerIndex(of: tensor.role, in: tensor.layer)) : nil
    }
    if keepsGradientsInRegion { return .region }
    // As the formulas call it, and unlike the kernel that makes it: conv1_dweight.
    let name = "\(model.layers[tensor.layer].name)_d\(tensor.role.rawValue)"
    let buffer = makeBuffer(name, .numbers(model.declaration(of: tensor).shape))
    put(.parameterGradient(tensor), at: buffer)
    return .buffer(buffer)
  }

  /// Into how many tasks a block's elementwise work is cut: some thousand vectors each.
  package func piecesPerBlock(_ elements: Int) -> Int { Partition(elements, limit: 2048).count }
}
