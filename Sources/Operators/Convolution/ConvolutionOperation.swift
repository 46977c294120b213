import IR
import Lowering

extension Convolution: LoweredOperation {
  package var forwardOperation: any ForwardOperation {
    ConvolutionOperation(convolution: self)
  }

  package var evaluationOperation: any ForwardOperation {
    ConvolutionOperation(convolution: self, folded: [])
  }
}

/// A convolution and the activation after it.
struct ConvolutionOperation: ForwardOperation {
  let convolution: Convolution
  /// The factors and offsets that are folded into the weight; nil where it trains, and nothing is.
  var folded: [ChannelAffineStep]?
  /// What the sums are put together with before the activation, in an evaluation.
  var second: SecondOperand?
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
    } else if folded != nil, second == nil, let step = ChannelAffineStep(next, layer: layer) {
      whole.folded?.append(step)
    } else {
      return nil
    }
    return whole
  }

  func absorbing(_ second: SecondOperand) -> (any ForwardOperation)? {
    guard folded != nil, activation == nil, self.second == nil else { return nil }
    var whole = self
    whole.second = second
    return whole
  }

  /// A second value is read by vectors.
  var readsChannelParts: ChannelReading {
    let isDepthwise = convolution.groups > 1 && convolution.groups == convolution.channels
    return isDepthwise || second != nil ? .vectors : .numbers
  }
  var makesChannelParts: Bool { true }

  func hasChannelKernels(for operands: [Shape]) -> Bool { true }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    if let x = planner.channels(node.operands[0]) {
      if convolution.groups == x.layout.channels, convolution.channels == x.layout.channels,
        convolution.groups > 1
      {
        planner.planDepthwise(self, node, of: x)
      } else {
        planner.planConvolution(self, node, of: x)
      }
    } else {
      planner.planConvolution(self, node)
    }
  }

  func addGradient(to gradient: inout GradientBuilder) {
    let dy = gradient.addProduct(
      activation: activation,
      inputGradient: ConvolutionInputGradientOperation(convolution: convolution),
      weightGradient: ConvolutionWeightGradientOperation(convolution: convolution))
    gradient.addBiasGradient(hasBias: convolution.hasBias, dy: dy)
  }
}

/// dx of a convolution.
struct ConvolutionInputGradientOperation: GradientOperation {
  let label = "input_gradient"
  let convolution: Convolution
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.planInputGradient(self, node)
  }
}

/// dweight of a convolution.
struct ConvolutionWeightGradientOperation: GraphOperation {
  let label = "weight_gradient"
  let convolution: Convolution

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.planWeightGradient(convolution, node)
  }
}
