import IR

extension Graph {
  /// Adds up each parameter's gradient over the processes that the batch lies across, before anything
  /// reads it: a norm, and the updates, which are then the same in all processes.
  ///
  /// Gradients whose parameters lie side by side, or all but, travel together, in bundles of `bundledNumbers` or
  /// more, and each bundle leaves as soon as the last of its gradients is made, while the rest of the
  /// backward pass still runs (Li et al., "PyTorch Distributed", 2020). Which gradients are in which
  /// bundle depends on the model alone.
  mutating func joinProcesses() {
    addPenaltiesEarly()
    if model.training.accumulated > 1 { accumulateAll() }
    let bundles = bundles()
    guard let first = nodes.firstIndex(where: { $0.readsWholeGradients }) else { return }
    let gradients = bundles.flatMap { $0.tensors.map { gradient(of: $0) } }
    var joined: [GraphValue: GraphValue] = [:]
    for bundle in bundles {
      for tensor in bundle.tensors { joined[gradient(of: tensor)] = .processSum(tensor) }
    }
    for index in nodes.indices[first...] where nodes[index].readsWholeGradients {
      nodes[index].operands = nodes[index].operands.map { joined[$0] ?? $0 }
    }
    let end = Node(
      ProcessSumEnd(tensors: bundles.flatMap(\.tensors)),
      operands: gradients + bundles.indices.map { .bundle($0) },
      results: bundles.flatMap { $0.tensors.map { .processSum($0) } })
    nodes.insert(end, at: first)
    // The last one first, so that the places of those before stay.
    for (index, bundle) in bundles.enumerated().sorted(by: { $0.element.ready > $1.element.ready })
    {
      nodes.insert(
        Node(
          ProcessSumBegin(tensors: bundle.tensors, count: bundle.count),
          operands: bundle.tensors.map { gradient(of: $0) }, results: [.bundle(index)]),
        at: bundle.ready + 1)
    }
  }

  /// Gradients that travel together.
  private struct Bundle {
    /// In the order in which they lie in memory.
    var tensors: [TensorID]
    /// How many numbers lie from the first to the last.
    var count: Int
    /// The node that makes the last one.
    var ready: Int
  }

  /// As many numbers make a message whose time is that of its bytes: 128 KB of floats.
  private static let bundledNumbers = 32768

  /// As many numbers that nobody reads cost less on their way than a message of their neighbours' own.
  private static let bridgedNumbers = 4096

  private func bundles() -> [Bundle] {
    var makers: [GraphValue: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for result in node.results { makers[result] = index }
    }
    // The sums of several passes lie where their optimizers want them, and side by side there alone.
    let passes = model.training.accumulated > 1
    var bundles: [Bundle] = []
    // Numbers between the last bundle and what comes: of parameters that do not learn, a convolution's
    // bias before a batch norm as well. Their gradients have places that nobody writes.
    var gap = 0
    var slot: Int?
    // Backward, as gradients are made.
    for tensor in parameters.reversed() {
      let count = model.declaration(of: tensor).elementCount
      guard let ready = makers[gradient(of: tensor)] else {
        gap += count
        continue
      }
      let its = passes ? model.optimizer(of: tensor.role, in: tensor.layer).gradientSumIndex : nil
      if let last = bundles.last, its == slot, gap <= (passes ? 0 : Self.bridgedNumbers),
        last.count < Self.bundledNumbers
      {
        bundles[bundles.count - 1].tensors.insert(tensor, at: 0)
        bundles[bundles.count - 1].count += gap + count
        bundles[bundles.count - 1].ready = max(last.ready, ready)
      } else {
        bundles.append(Bundle(tensors: [tensor], count: count, ready: ready))
      }
      (gap, slot) = (0, its)
    }
    return bundles
  }

  /// All parameters, in the order in which they lie in memory.
  private var parameters: [TensorID] {
    model.layers.indices.flatMap { index in
      model.parameters(of: index).map { TensorID(layer: index, role: $0.role) }
    }
  }

  /// What an update goes along: the gradient with all that the loss adds, of all passes.
  private func gradient(of tensor: TensorID) -> GraphValue {
    if model.training.accumulated > 1 { return .gradientSum(tensor) }
    return model.penalties(on: tensor.role, of: tensor.layer).isEmpty
      ? .parameterGradient(tensor) : .penalizedGradient(tensor)
  }

  /// Has what the loss adds for a parameter added to its gradient as soon as that is made.
  private mutating func addPenaltiesEarly() {
    var penalties: [GraphValue: Node] = [:]
    for node in nodes where node.operation is PenaltyGradient {
      penalties[node.operands[1]] = node
    }
    nodes = nodes.filter { !($0.operation is PenaltyGradient) }.flatMap { node in
      [node] + node.results.compactMap { penalties[$0] }
    }
  }

  /// Adds up the gradients of the passes apart from the updates, of all parameters.
  private mutating func accumulateAll() {
    var gradients: [GraphValue: TensorID] = [:]
    for index in nodes.indices {
      guard let update = nodes[index].operation as? ParameterUpdate else { continue }
      let gradient = nodes[index].operands[1]
      if gradient == .gradientSum(update.tensor) { continue }
      gradients[gradient] = update.tensor
      nodes[index].operands[1] = .gradientSum(update.tensor)
    }
    nodes = nodes.flatMap { node in
      [node]
        + node.results.compactMap { result in
          gradients[result].map { tensor in
            Node(
              GradientAccumulation(tensor: tensor), layers: [tensor.layer], operands: [result],
              results: [.gradientSum(tensor)])
          }
        }
    }
  }
}

extension Graph.Node {
  /// Whether it reads gradients of the whole batch: to move parameters along them, or for a norm.
  fileprivate var readsWholeGradients: Bool {
    operation is ParameterUpdate || operation is GradientNorm
  }
}
