import Diagnostics
import IR

/// The operations of one step, in an order that can be run: the forward pass alone, or the forward
/// pass, the loss, the gradients and the updates.
package struct Graph: Sendable {
  /// What the operations belong to: names, shapes and lines of the model.
  package let model: Model
  /// What the step computes as the losses: the model's, or these with the functions before them
  /// absorbed.
  package var losses: [Loss]
  /// Operands before users.
  package var nodes: [Node] = []
  /// Parameters whose gradient is exactly 0 and is therefore not computed, with the reason.
  package var zeroGradients: [TensorID: String] = [:]
  /// Layers that no node does the work of, because nothing reads what they make.
  package var prunedLayers: Set<Int> = []
  /// Values of the forward pass that have no place of their own: they are read where the values lie that
  /// they are parts of.
  package var views: Set<GraphValue> = []
  /// How the values of the forward pass lie in memory; nil until the pass that lays them out.
  package var layouts: ValueLayouts?

  /// No operations yet.
  init(model: Model) {
    self.model = model
    losses = model.losses
  }

  /// One operation at work.
  package struct Node: Sendable {
    /// What it does.
    package var operation: any GraphOperation
    /// The layers whose work it is, in order; none of the input and the loss.
    package var layers: [Int]
    /// What it reads.
    package var operands: [GraphValue]
    /// What it makes.
    package var results: [GraphValue]

    package init(
      _ operation: any GraphOperation, layers: [Int] = [], operands: [GraphValue],
      results: [GraphValue]
    ) {
      self.operation = operation
      self.layers = layers
      self.operands = operands
      self.results = results
    }
  }
}

/// What a node of a graph does, and the kernels that carry it out.
package protocol GraphOperation: Hashable, Sendable {
  /// What it is called, together with its layer's name: `input_gradient`.
  var label: String { get }

  /// Adds the kernels that carry out `node`, whose operation this is; none where nothing has to be
  /// computed. A kernel that makes a parameter's gradient may move the parameter at once: it comes
  /// after those that read the parameter.
  func plan(_ node: Graph.Node, in planner: inout KernelPlanner)
}

/// An operation of the forward pass: it knows its gradient, as nodes, and what it can be fused
/// with.
package protocol ForwardOperation: GraphOperation {
  /// Adds the nodes that compute what the layer contributes to its operands' gradients, and its
  /// parameters' gradients.
  func addGradient(to gradient: inout GradientBuilder)

  /// The operation that does this one's work and then `next`'s, where one kernel can: `next` is the
  /// only reader of this one's result. nil where none can.
  func absorbing(_ next: any Operation, from operand: Shape, to result: Shape, layer: Int)
    -> (any ForwardOperation)?

  /// The operation that does this one's work and puts the result together with another value, where
  /// nothing trains and one kernel can; nil where none can.
  func absorbing(_ second: SecondOperand) -> (any ForwardOperation)?

  /// Whether its result without the operations that it has absorbed has to be kept for the
  /// gradient, as a result of its own, before the last.
  var keepsIntermediate: Bool { get }

  /// Whether it can gather the mean and the squares of what it makes, for a normalization.
  var gathersStatistics: Bool { get }

  /// Whether it begins with a normalization by the batch's statistics.
  var usesBatchStatistics: Bool { get }

  /// Whether it has kernels for operands of these shapes with channels in the lanes, as one example
  /// by itself has them. Without, its operands are brought there in the lanes of examples.
  func hasChannelKernels(for operands: [Shape]) -> Bool

  /// How its kernels for channels read an operand that is a part of another value.
  var readsChannelParts: ChannelReading { get }

  /// Whether they can make a result that is a part of another value.
  var makesChannelParts: Bool { get }

  /// Whether it does no more in the lanes of examples than in those of channels, and stays where its
  /// operands are: it only moves numbers.
  var followsOperands: Bool { get }

  /// Whether it leaves statistics of its operand for the gradient.
  var keepsStatistics: Bool { get }
}

extension ForwardOperation {
  package var label: String { "forward" }
  package func absorbing(_ next: any Operation, from operand: Shape, to result: Shape, layer: Int)
    -> (any ForwardOperation)?
  { nil }
  package func absorbing(_ second: SecondOperand) -> (any ForwardOperation)? { nil }
  package var keepsIntermediate: Bool { false }
  package var gathersStatistics: Bool { false }
  package var usesBatchStatistics: Bool { false }
  package func hasChannelKernels(for operands: [Shape]) -> Bool { false }
  package var readsChannelParts: ChannelReading { .whole }
  package var makesChannelParts: Bool { false }
  package var followsOperands: Bool { false }
  package var keepsStatistics: Bool { usesBatchStatistics }
}

/// An operation of the language that the compiler can carry out.
package protocol LoweredOperation: Operation {
  /// What carries it out in the forward pass, where it is fused with nothing.
  var forwardOperation: any ForwardOperation { get }

  /// The same where nothing trains: with the running statistics, and folded into what comes before
  /// where that is possible.
  var evaluationOperation: any ForwardOperation { get }

  /// The same, for operands of these shapes and one of the purposes that fold weights.
  func evaluationOperation(for operands: [Shape], _ purpose: PlanOptions.Purpose)
    -> any ForwardOperation
}

extension LoweredOperation {
  package var evaluationOperation: any ForwardOperation { forwardOperation }

  package func evaluationOperation(
    for operands: [Shape], _ purpose: PlanOptions.Purpose
  ) -> any ForwardOperation { evaluationOperation }
}

extension LoweredOperation where Self: ForwardOperation {
  package var forwardOperation: any ForwardOperation { self }
}

extension LoweredOperation where Self: ChannelAffineOperation {
  package var evaluationOperation: any ForwardOperation {
    ChannelAffineMap(affine)
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

/// A value of a step. Parameters and statistics have versions, so that an update in place can be
/// put after the last reader of the old value.
package enum GraphValue: Hashable, Sendable {
  /// A value of the forward pass.
  case activation(ValueID)
  /// The loss's gradient with respect to a value.
  case gradient(ValueID)
  /// What one user of a value contributes to its gradient: operand `operand` of layer `layer`.
  case contribution(ValueID, layer: Int, operand: Int)
  /// What a loss itself contributes to the gradient of its operand.
  case lossGradient(ValueID, loss: Int)
  /// The gradient with respect to what an operation kept before the ones that it has absorbed.
  case intermediateGradient(ValueID)
  /// A parameter, before (0) or after (1) its update.
  case parameter(TensorID, version: Int)
  /// The loss's gradient with respect to a parameter.
  case parameterGradient(TensorID)
  /// The same with the slopes of what the loss adds for the parameter.
  case penalizedGradient(TensorID)
  /// What the gradients of the passes of a step have added up to.
  case gradientSum(TensorID)
  /// The gradient of a parameter over all processes that a batch lies across.
  case processSum(TensorID)
  /// Gradients on their way to the other processes.
  case bundle(Int)
  /// What clipping multiplies all gradients by.
  case gradientFactor
  /// The mean and the squares of each block of a layer's result.
  case blockStatistics(layer: Int)
  /// A normalization's mean and variance: of the batch, or of each group of an example.
  case statistics(layer: Int)
  /// A batch norm's running statistics, before (0) or after (1) they move.
  case running(layer: Int, version: Int)
  /// A loss.
  case loss(Int)
  /// A target as the augmentations that move its input have moved it.
  case movedTarget(Int)
}

extension GraphValue {
  /// Whether it is the gradient of a value, or a part of one.
  package var isValueGradient: Bool {
    switch self {
    case .gradient, .contribution, .lossGradient, .intermediateGradient: true
    case .activation, .parameter, .parameterGradient, .penalizedGradient, .gradientSum,
      .processSum, .bundle, .gradientFactor, .blockStatistics, .statistics, .running, .loss,
      .movedTarget:
      false
    }
  }
}

extension Model {
  /// The tensor as its layer declares it.
  package func declaration(of tensor: TensorID) -> TensorDeclaration {
    let declared = parameters(of: tensor.layer) + state(of: tensor.layer)
    guard let found = declared.first(where: { $0.role == tensor.role }) else {
      fatalError("\(layers[tensor.layer].name) has no \(tensor.role.rawValue)")
    }
    return found
  }

  /// The parameters that do not learn because the model says so, in the order of the layers.
  package var frozenParameters: [TensorID] {
    layers.indices.flatMap { index in
      parameters(of: index).filter(\.isFrozen).map { TensorID(layer: index, role: $0.role) }
    }
  }

  /// What layer `index` learns, as tensors.
  package func parameterIDs(of index: Int) -> [TensorID] {
    parameters(of: index).map { TensorID(layer: index, role: $0.role) }
  }
}
