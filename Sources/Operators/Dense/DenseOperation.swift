import IR
import Lowering

extension Dense: LoweredOperation {
  package var forwardOperation: any ForwardOperation {
    DenseOperation(dense: self)
  }

  package var evaluationOperation: any ForwardOperation {
    DenseOperation(dense: self, folded: [])
  }
}

/// A dense layer and the activation after it.
struct DenseOperation: ForwardOperation {
  let dense: Dense
  /// The factors and offsets that are folded into the weight; nil where it trains, and nothing is.
  var folded: [ChannelAffineStep]?
  var activation: Activation?

  var gathersStatistics: Bool { activation == nil }

  /// The sums themselves are kept where the activation's slope cannot be told from its result.
  var keepsIntermediate: Bool {
    folded == nil && (activation?.needsOperand ?? false)
  }

  func absorbing(
    _ next: any Operation, from operand: Shape, to result: Shape, layer: Int
  ) -> (any ForwardOperation)? {
    guard activation == nil else { return nil }
    var whole = self
    if let activation = Activation(next, layer: layer) {
      whole.activation = activation
    } else if folded != nil, let step = ChannelAffineStep(next, layer: layer) {
      whole.folded?.append(step)
    } else {
      return nil
    }
    return whole
  }

  var readsChannelParts: ChannelReading { .numbersOfRows }
  var makesChannelParts: Bool { true }

  func hasChannelKernels(for operands: [Shape]) -> Bool { true }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    if let x = planner.channels(node.operands[0]) {
      planner.planDense(self, node, of: x)
    } else {
      planner.planDense(self, node)
    }
  }

  func addGradient(to gradient: inout GradientBuilder) {
    let dy = gradient.addProduct(
      activation: activation,
      inputGradient: DenseInputGradientOperation(dense: dense),
      weightGradient: DenseWeightGradientOperation(dense: dense))
    gradient.addBiasGradient(hasBias: dense.hasBias, dy: dy)
  }
}

/// dx of a dense layer.
struct DenseInputGradientOperation: GradientOperation {
  let label = "input_gradient"
  let dense: Dense
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.planInputGradient(self, node)
  }
}

/// dweight of a dense layer.
struct DenseWeightGradientOperation: GraphOperation {
  let label = "weight_gradient"
  let dense: Dense

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.planWeightGradient(dense, node)
  }
}
