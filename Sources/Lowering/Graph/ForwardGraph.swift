import Diagnostics
import IR

extension Graph {
  /// The forward pass of `model`, one node a layer.
  ///
  /// - Parameter purpose: What it is for: where nothing trains, what follows a weight can be folded
  ///   into it.
  /// - Throws: `Failure` where the library has an operation that no kernel carries out.
  package init(forwardOf model: Model, for purpose: PlanOptions.Purpose) throws(Failure) {
    self.init(model: model)
    for index in model.inputs.indices {
      nodes.append(
        Node(
          InputOperation(index: index), operands: [], results: [.activation(.input(index))]))
    }
    for (index, layer) in model.layers.enumerated() {
      guard let operation = layer.op.base as? any LoweredOperation else {
        throw Failure(
          "\(layer.op.base.keyword) has no kernels",
          help: "this is a mistake in the operation's definition, not in the model")
      }
      let forward =
        purpose.foldsWeights
        ? operation.evaluationOperation(for: model.operandShapes(of: layer), purpose)
        : operation.forwardOperation
      nodes.append(
        Node(
          forward, layers: [index],
          operands: layer.operands.map { .activation($0) }
            + model.parameterIDs(of: index).map { .parameter($0, version: 0) },
          results: (forward.keepsStatistics ? [.statistics(layer: index)] : [])
            + [.activation(.result(of: index))]))
    }
  }
}

extension Graph.Node {
  /// The layer whose kernels carry the node out; nil of the input and the loss.
  package var head: Int? { layers.first }

  /// The values of the forward pass that it reads.
  package var activations: [ValueID] {
    operands.compactMap { if case .activation(let id) = $0 { id } else { nil } }
  }

  /// The first value of the forward pass among its results: what its activation is applied to, where it
  /// keeps that.
  package var beforeActivation: GraphValue? {
    results.first { if case .activation = $0 { true } else { false } }
  }
}
