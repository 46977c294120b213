import IR
import Lowering

extension TransposedConvolution: LoweredOperation {
  package var forwardOperation: any ForwardOperation {
    TransposedConvolutionOperation(convolution: self)
  }

  package func evaluationOperation(
    for operands: [Shape], _ purpose: PlanOptions.Purpose
  ) -> any ForwardOperation {
    TransposedConvolutionOperation(
      convolution: self, trains: false,
      folded: purpose == .inference && groups == 1 ? [] : nil)
  }
}

/// A transposed convolution and the activation after it.
struct TransposedConvolutionOperation: ForwardOperation {
  let convolution: TransposedConvolution
  var trains = true
  /// The factors and offsets that are folded into the weight, where one example is worked on.
  var folded: [ChannelAffineStep]?
  var activation: Activation?

  /// The sums themselves are kept where the activation's slope cannot be told from its result.
  var keepsIntermediate: Bool {
    trains && (activation?.needsOperand ?? false)
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

  var readsChannelParts: ChannelReading { .numbers }
  var makesChannelParts: Bool { true }

  func hasChannelKernels(for operands: [Shape]) -> Bool { convolution.groups == 1 }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    if let x = planner.channels(node.operands[0]) {
      planner.planTransposedConvolution(self, node, of: x)
    } else {
      planner.planTransposedConvolution(self, node)
    }
  }

  func addGradient(to gradient: inout GradientBuilder) {
    let dy = gradient.addProduct(
      activation: activation,
      inputGradient: TransposedConvolutionInputGradient(convolution: convolution),
      weightGradient: TransposedConvolutionWeightGradient(convolution: convolution))
    gradient.addBiasGradient(hasBias: convolution.hasBias, dy: dy)
  }
}

/// dx of a transposed convolution: the convolution of dy that it turns around.
struct TransposedConvolutionInputGradient: GraphOperation {
  let label = "input_gradient"
  let convolution: TransposedConvolution

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.planInputGradient(self, node)
  }
}

/// dweight of a transposed convolution: that of the convolution which it turns around, of dy by x.
struct TransposedConvolutionWeightGradient: GraphOperation {
  let label = "weight_gradient"
  let convolution: TransposedConvolution

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let x = planner.model.shape(of: layer.operands[0])
    planner.planWeightGradient(
      convolution.adjoint(of: x), of: index, input: layer.shape, output: x,
      dy: planner.place(node.operands[1]), x: planner.place(node.operands[0]))
  }
}

extension KernelPlanner {
  /// The kernel of a transposed convolution: its adjoint's input gradient.
  mutating func planTransposedConvolution(
    _ operation: TransposedConvolutionOperation, _ node: Graph.Node
  ) {
    guard let index = node.head, let tail = node.layers.last else { return }
    let layer = model.layers[index]
    let operand = model.shape(of: layer.operands[0])
    let x = place(node.operands[0])
    let sums = operation.keepsIntermediate ? makeIntermediate(of: node) : nil
    let y = makeResult(of: tail, head: sums == nil ? index : tail)
    let pass = inputGradientPass(
      operation.convolution.adjoint(of: operand), input: layer.shape, output: operand)
    let weight = TensorID(layer: index, role: .weight)
    let bias = operation.convolution.hasBias ? TensorID(layer: index, role: .bias) : nil
    add(
      "\(layer.name)_forward", layers: node.layers, .forward, .perBlock(pass.tasks),
      ConvolutionInputGradient(
        isTransposed: true, geometry: pass.geometry, tile: pass.tile, isDepthwise: pass.isDepthwise,
        bands: pass.bands,
        streams: streams(channels: operand.channels, plane: operand.planeCount), weight: weight,
        bias: bias, activation: operation.activation, dy: x, sums: sums, dx: y),
      [.read(x), .read(.parameter(weight))]
        + [bias].compactMap { $0.map { .read(.parameter($0)) } } + operation.activation.effects
        + [sums, y].compactMap { $0.map { .write($0) } },
      operations: pass.geometry.operations)
  }

  /// The kernel of its input gradient: its adjoint.
  mutating func planInputGradient(
    _ operation: TransposedConvolutionInputGradient, _ node: Graph.Node
  ) {
    guard let index = node.head else { return }
    let layer = model.layers[index]
    let operand = model.shape(of: layer.operands[0])
    let dy = place(node.operands[0])
    let dx = makePart(node.results[0])
    let pass = forwardPass(
      operation.convolution.adjoint(of: operand), input: layer.shape, output: operand)
    let weight = TensorID(layer: index, role: .weight)
    add(
      "\(layer.name)_input_gradient", layers: node.layers, .backward, .perBlock(pass.tasks),
      ConvolutionForward(
        isTransposed: true, geometry: pass.geometry, tile: pass.tile, isDepthwise: pass.isDepthwise,
        bands: pass.bands,
        streams: streams(channels: layer.shape.channels, plane: layer.shape.planeCount),
        weight: weight, x: dy, y: dx),
      [.read(dy), .read(.parameter(weight)), .write(dx)], operations: pass.geometry.operations)
  }
}
