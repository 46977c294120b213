import IR
import Lowering

extension GradientBuilder {
  /// The gradient of the head's bias, if it has one that learns.
  mutating func addBiasGradient(hasBias: Bool, dy: GraphValue) {
    guard hasBias, let bias = parameterGradient(TensorID(layer: head, role: .bias)) else { return }
    add(BiasGradientOperation(), operands: [dy], results: [bias])
  }
}

/// dbias of a convolution or a dense layer.
struct BiasGradientOperation: GraphOperation {
  let label = "bias_gradient"

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let layer = node.head else { return }
    let shape = planner.model.layers[layer].shape
    let bias = TensorID(layer: layer, role: .bias)
    guard let destination = planner.destination(of: bias) else { return }
    let dy = planner.place(node.operands[0])
    planner.add(
      "\(planner.model.layers[layer].name)_bias_gradient", layers: node.layers, .backward,
      .fixed(shape.channels),
      BiasGradient(
        channels: shape.channels, plane: shape.planeCount, bias: bias, dy: dy,
        destination: destination),
      [.read(dy)] + destination.effects(of: bias), operations: Double(shape.elementCount))
  }
}

/// The gradient of a bias: dy summed over the batch and the plane.
package struct BiasGradient: KernelSpec {
  package var channels: Int
  package var plane: Int
  package var bias: TensorID
  package var dy: BufferID
  package var destination: GradientDestination

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    BiasGradientContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}
