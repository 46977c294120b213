import IR
import Lowering

extension BatchNorm: LoweredOperation {
  package var forwardOperation: any ForwardOperation {
    NormalizationOperation(
      convention: convention, affineMember: hasAffine ? 0 : nil, hasGamma: affine.hasGamma)
  }
}

extension Normalize: LoweredOperation {
  package var forwardOperation: any ForwardOperation {
    NormalizationOperation(convention: convention, affineMember: nil, hasGamma: false)
  }
}

/// A normalization over the batch, and the factor and offset, the activation and the pool after it,
/// in this order.
struct NormalizationOperation: StatefulOperation {
  let convention: NormalizationConvention
  /// Which of the layers owns gamma and beta: 0 is the normalization itself; nil where there are
  /// none.
  var affineMember: Int?
  /// Whether gamma takes part; it does not where it is held at 1.
  var hasGamma: Bool
  /// How many layers there are.
  var members = 1
  var activation: Activation?
  var pool: PoolGeometry?

  var usesBatchStatistics: Bool { convention.statistics == .batch }
  var keepsStatistics: Bool { true }

  /// Whether the gradient's kernels compute the activation's slope again from x: where that takes
  /// longer than to read what the slope depends on, a kernel of its own does it first.
  private var recomputesSlope: Bool { activation?.isCheap ?? true }

  /// What the activation is applied to is kept where its slope is neither computed again nor known
  /// from the result.
  var keepsIntermediate: Bool {
    guard let activation, !recomputesSlope else { return false }
    return activation.needsOperand
  }

  var stateUpdate: (any GraphOperation)? {
    usesBatchStatistics ? RunningStatisticsUpdate(operation: self) : nil
  }

  func absorbing(
    _ next: any Operation, from operand: Shape, to result: Shape, layer: Int
  ) -> (any ForwardOperation)? {
    guard pool == nil else { return nil }
    var whole = self
    whole.members += 1
    if let affine = (next as? any ChannelAffineOperation)?.affine, affine.normalization == nil {
      guard affineMember == nil, activation == nil else { return nil }
      whole.affineMember = members
      whole.hasGamma = affine.hasGamma
      return whole
    }
    if let function = Activation(next, layer: layer) {
      guard activation == nil else { return nil }
      whole.activation = function
      return whole
    }
    guard recomputesSlope else { return nil }
    // A pool whose windows share no number, lie within the image, and are small enough to be
    // written out number by number.
    if let next = next as? any PoolingOperation {
      let window = next.window(over: operand)
      guard window.isDisjoint, window.rows == window.columns, window.rows.dilation == 1,
        window.rows.kernel <= 4
      else { return nil }
      whole.pool = PoolGeometry(
        window, next.pooling, channels: operand.channels, height: operand.height,
        width: operand.width)
      return whole
    }
    return nil
  }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.planNormalization(self, node)
  }

  func addGradient(to gradient: inout GradientBuilder) {
    var rest = self
    var dy = gradient.resultGradient
    if !recomputesSlope {
      dy = gradient.addActivationGradient(activation)
      rest.activation = nil
    }
    let dx = gradient.contribution(to: 0)
    let parameters = gradient.parameterGradients()
    if parameters.isEmpty, dx == nil { return }
    gradient.add(
      NormalizationGradientOperation(operation: rest),
      operands: [dy, .activation(gradient.operand(0)), .statistics(layer: gradient.head)]
        + gradient.parameters,
      results: parameters + [dx].compactMap { $0 })
    if let dx { gradient.contribute(dx, to: 0) }
  }
}

/// dgamma, dbeta and dx of a normalization and of what is fused with it.
struct NormalizationGradientOperation: GradientOperation {
  let label = "gradient"
  let operation: NormalizationOperation
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.planNormalizationGradient(self, node)
  }
}

/// The running statistics move towards the batch's.
struct RunningStatisticsUpdate: GraphOperation {
  let label = "move"
  let operation: NormalizationOperation

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let moments = planner.place(.statistics(layer: index))
    let norm = planner.normalization(operation, node)
    // Running statistics are the same in all processes, whatever each normalizes with.
    if planner.options.joinsProcesses, !operation.convention.isSynchronized {
      planner.addProcessMean(
        "\(planner.model.layers[index].name)_moments_mean", "the mean of the shares' moments",
        of: index, .state, numbers: moments, from: 0, count: 2 * norm.channels,
        unbiasedPlane: operation.convention.runningVariance == .unbiased ? norm.plane : nil)
    }
    planner.add(
      "\(planner.model.layers[index].name)_running_move", layers: [index], .state, .serial,
      NormalizationMove(normalization: norm, moments: moments),
      [.read(moments)]
        + planner.model.state(of: index).map {
          .update(.state(TensorID(layer: index, role: $0.role)))
        }, operations: 0)
  }
}
