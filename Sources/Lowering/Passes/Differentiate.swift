import IR

extension Graph {
  /// Adds the loss, the gradients and the updates to a forward pass, by reverse-mode
  /// differentiation at compile time: each operation adds the nodes of its own gradient.
  ///
  /// A gradient is taken only where a parameter needs it, or where `inspects` asks for all of them.
  mutating func differentiate(inspects: Bool) {
    var differentiation = Differentiation(graph: self, inspects: inspects)
    differentiation.backward()
    differentiation.update()
    self = differentiation.graph
  }
}

extension Graph {
  /// Adds the losses to a forward pass, of targets as they are but for those that training has moved.
  mutating func takeLosses(ofMovedTargets moved: Set<Int> = []) {
    for (index, loss) in losses.enumerated() {
      nodes.append(
        Node(
          LossOperation(index: index),
          operands: [.activation(loss.operand)]
            + (moved.contains(loss.target) ? [.movedTarget(loss.target)] : []),
          results: [.loss(index), .lossGradient(loss.operand, loss: index)]))
    }
  }
}

/// The work of `Graph.differentiate(inspects:)`, from the last layer to the first.
private struct Differentiation {
  var graph: Graph
  let inspects: Bool
  /// The gradients of each value that its users have contributed so far.
  private var contributions: [ValueID: [GraphValue]] = [:]
  private var learned: [TensorID] = []
  /// The values whose gradients are wanted.
  private let needed: Set<ValueID>
  private let zeroGradient: ZeroGradient

  private var model: Model { graph.model }

  init(graph: Graph, inspects: Bool) {
    self.graph = graph
    self.inspects = inspects
    let model = graph.model
    var needed: Set<ValueID> =
      inspects ? Set(model.inputs.indices.map(ValueID.input)) : []
    for (index, layer) in model.layers.enumerated()
    where model.parameters(of: index).contains(where: { !$0.isFrozen })
      || layer.operands.contains(where: needed.contains)
    {
      needed.insert(.result(of: index))
    }
    self.needed = needed
    zeroGradient = ZeroGradient(model: model, users: model.users)
  }

  mutating func backward() {
    let forward = graph.nodes
    let moved = Set(graph.losses.map(\.target).filter { !model.targets[$0].moves.isEmpty })
    for index in moved.sorted() {
      graph.nodes.append(
        Graph.Node(TargetMoves(target: index), operands: [], results: [.movedTarget(index)]))
    }
    graph.takeLosses(ofMovedTargets: moved)
    for (index, loss) in graph.losses.enumerated() {
      contributions[loss.operand, default: []].append(.lossGradient(loss.operand, loss: index))
    }
    for node in forward.reversed() { backward(node) }
    if inspects {
      for index in model.inputs.indices { _ = gatherGradient(of: .input(index)) }
    }
  }

  /// The gradient of `value`, from its users' contributions; nil where nothing contributes.
  private mutating func gatherGradient(of value: ValueID) -> GraphValue? {
    let parts = joinPlacings(contributions[value] ?? [])
    guard parts.count > 1 else { return parts.first }
    let gradient = GraphValue.gradient(value)
    graph.nodes.append(
      Graph.Node(
        GradientSum(value: value), layers: value.layer.map { [$0] } ?? [],
        operands: parts, results: [gradient]))
    return gradient
  }

  /// `parts` of which those that are numbers in different places of a value are one: what several
  /// slices of it contribute is then put together, and not added up.
  private mutating func joinPlacings(_ parts: [GraphValue]) -> [GraphValue] {
    guard parts.count > 1 else { return parts }
    var left: [GraphValue] = []
    var groups: [(operation: any PlacingGradient, nodes: [Int])] = []
    for part in parts {
      guard let maker = graph.nodes.lastIndex(where: { $0.results == [part] }),
        let placing = graph.nodes[maker].operation as? any PlacingGradient
      else {
        left.append(part)
        continue
      }
      let whole = groups.indices.lazy.compactMap { group in
        groups[group].operation.joining(placing).map { (group, $0) }
      }.first
      if let (group, operation) = whole {
        groups[group] = (operation, groups[group].nodes + [maker])
      } else {
        groups.append((placing, [maker]))
        left.append(part)
      }
    }
    let joined = groups.filter { $0.nodes.count > 1 }.map { group in
      let nodes = group.nodes.map { graph.nodes[$0] }
      return Graph.Node(
        group.operation, layers: nodes.flatMap(\.layers), operands: nodes.flatMap(\.operands),
        results: nodes[0].results)
    }
    let gone = Set(groups.filter { $0.nodes.count > 1 }.flatMap(\.nodes))
    // After all that they read.
    graph.nodes = graph.nodes.indices.filter { !gone.contains($0) }.map { graph.nodes[$0] } + joined
    return left
  }

  private mutating func backward(_ node: Graph.Node) {
    guard let operation = node.operation as? any ForwardOperation,
      case .activation(let result)? = node.results.last, needed.contains(result),
      let gradient = gatherGradient(of: result)
    else { return }
    let (zeroGradient, inspects) = (zeroGradient, inspects)
    let reason: (TensorID) -> String? = { inspects ? nil : zeroGradient.reason($0) }
    var builder = GradientBuilder(
      node: node, resultGradient: gradient, model: model, needed: needed,
      reasonForZero: reason)
    operation.addGradient(to: &builder)
    graph.nodes += builder.nodes
    for (value, part) in builder.contributions {
      contributions[value, default: []].append(part)
    }
    learned += builder.learned
    graph.zeroGradients.merge(builder.zeroGradients) { first, _ in first }
  }

  mutating func update() {
    let gradients = learned.map { addPenalties(on: $0) }
    if !inspects { addUpdates(along: gradients) }
    for node in graph.nodes {
      guard let update = (node.operation as? any StatefulOperation)?.stateUpdate,
        let head = node.head
      else { continue }
      graph.nodes.append(
        Graph.Node(
          update, layers: node.layers,
          operands: [.statistics(layer: head), .running(layer: head, version: 0)],
          results: [.running(layer: head, version: 1)]))
    }
  }
}

extension Differentiation {
  /// Adds the updates of what learns, and before them the norm of all gradients where clipping asks
  /// for it.
  private mutating func addUpdates(along gradients: [GraphValue]) {
    let factor = gradients.isEmpty ? nil : model.training.clipping?.factor
    var gradients = gradients
    // A norm is that of the sums, which have to be there before any parameter moves.
    if model.training.accumulated > 1 {
      for (index, tensor) in learned.enumerated()
      where factor != nil
        || model.optimizer(of: tensor.role, in: tensor.layer).tensorStep != nil
      {
        graph.nodes.append(
          Graph.Node(
            GradientAccumulation(tensor: tensor), layers: [tensor.layer],
            operands: [gradients[index]], results: [.gradientSum(tensor)]))
        gradients[index] = .gradientSum(tensor)
      }
    }
    if let factor {
      graph.nodes.append(
        Graph.Node(
          GradientNorm(factor: factor), operands: gradients, results: [.gradientFactor]))
    }
    for (tensor, gradient) in zip(learned, gradients) {
      graph.nodes.append(
        Graph.Node(
          ParameterUpdate(tensor: tensor), layers: [tensor.layer],
          operands: [.parameter(tensor, version: 0), gradient]
            + (factor == nil ? [] : [.gradientFactor]),
          results: [.parameter(tensor, version: 1)]))
    }
  }

  /// Adds the slopes of what the loss adds for `tensor` to its gradient: the gradient to go by.
  private mutating func addPenalties(on tensor: TensorID) -> GraphValue {
    let gradient = GraphValue.parameterGradient(tensor)
    let penalties = model.penalties(on: tensor.role, of: tensor.layer)
    guard let first = penalties.first else { return gradient }
    let slope = penalties.dropFirst().reduce(first.slope) { $0 + $1.slope }
    graph.nodes.append(
      Graph.Node(
        PenaltyGradient(tensor: tensor, slope: slope), layers: [tensor.layer],
        operands: [.parameter(tensor, version: 0), gradient],
        results: [.penalizedGradient(tensor)]))
    return .penalizedGradient(tensor)
  }
}

/// Parameters whose gradient is exactly 0.
private struct ZeroGradient {
  let model: Model
  let users: ValueTable<[Int]>

  /// Why the gradient of `tensor` is exactly 0 while training and the tensor stays as it is, if so.
  func reason(_ tensor: TensorID) -> String? {
    guard model.staysWithoutGradient(tensor.role, in: tensor.layer) else { return nil }
    if let held = model.declaration(of: tensor).held {
      return "\(held.key) holds \(tensor.role.rawValue)"
    }
    let layer = model.layers[tensor.layer]
    guard tensor.role == .bias, model.penalties(on: .bias, of: tensor.layer).isEmpty,
      layer.op.base is any ProductOperation, let user = users[.result(of: tensor.layer)].first,
      users[.result(of: tensor.layer)].count == 1,
      !model.outputs.contains(.result(of: tensor.layer)),
      model.layers[user].op.usesBatchStatistics
    else { return nil }
    return "\(model.layers[user].name) subtracts the mean, and the bias with it"
  }
}

/// An operation that keeps something from step to step, which moves after the gradients are taken.
package protocol StatefulOperation: ForwardOperation {
  /// What moves it; nil where it stays.
  var stateUpdate: (any GraphOperation)? { get }
}
