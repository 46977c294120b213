import IR

/// One training step as a graph: the forward pass, the loss, the gradients, and the updates, in an
/// order that can be run. Nothing is fused or placed yet.
package struct TrainingGraph: Hashable, Sendable {
  /// What is trained.
  package var model: Model
  /// The step, operands before users.
  package var nodes: [Node]
  /// Parameters whose gradient is exactly 0 and is therefore not computed, with the reason.
  package var zeroGradients: [TensorID: String]

  /// One operation of the step.
  package struct Node: Hashable, Sendable {
    /// What it does.
    package var operation: Operation
    /// What it reads.
    package var operands: [GraphValue]
    /// What it makes.
    package var results: [GraphValue]
  }

  /// What a node does.
  package enum Operation: Hashable, Sendable {
    /// Brings the examples in.
    case input
    /// A layer of the model.
    case forward(layer: Int)
    /// The loss and the gradient of its operand.
    case loss
    /// The gradients of a layer's operands and parameters.
    case backward(layer: Int)
    /// Adds up what several users contribute to one value's gradient.
    case accumulate
    /// Moves a parameter along its gradient.
    case update(TensorID)
    /// Moves a batch norm's running statistics towards the batch's.
    case moveStatistics(layer: Int)
  }
}

/// A parameter or a running statistic: the layer that owns it, and what it is to that layer.
package struct TensorID: Hashable, Sendable {
  /// The index of the layer.
  package var layer: Int
  /// What it is.
  package var role: TensorDeclaration.Role

  /// The tensor `role` of layer `layer`.
  package init(layer: Int, role: TensorDeclaration.Role) {
    self.layer = layer
    self.role = role
  }
}

/// A value of a training step. Parameters and statistics have versions, so that an update in place
/// can be put after the last reader of the old value.
package enum GraphValue: Hashable, Sendable {
  /// A value of the forward pass.
  case activation(ValueID)
  /// The loss's gradient with respect to a value.
  case gradient(ValueID)
  /// What one user of a value contributes to its gradient: operand `operand` of layer `layer`.
  case contribution(ValueID, layer: Int, operand: Int)
  /// A parameter, before (0) or after (1) its update.
  case parameter(TensorID, version: Int)
  /// The loss's gradient with respect to a parameter.
  case parameterGradient(TensorID)
  /// A batch norm's batch mean and variance.
  case statistics(layer: Int)
  /// A batch norm's running statistics, before (0) or after (1) they move.
  case running(layer: Int, version: Int)
  /// The loss.
  case loss
}
