/// What an operation's formula reads when it is computed number by number.
package struct ReferenceInputs: Sendable {
  /// The operands, `[count][shape]` each.
  package let operands: [[Double]]
  /// The operands' shapes, batch left out.
  package let shapes: [Shape]
  /// The result's shape, batch left out.
  package let result: Shape
  /// Examples.
  package let count: Int
  /// Parameters and running statistics, by what they are to the layer.
  package let tensors: [TensorDeclaration.Role: [Double]]
  /// Whether normalizations use the batch's own statistics, or the running ones.
  package let isTraining: Bool
  /// What random numbers depend on.
  package let draw: RandomDraw

  package init(
    operands: [[Double]], shapes: [Shape], result: Shape, count: Int,
    tensors: [TensorDeclaration.Role: [Double]], isTraining: Bool,
    draw: RandomDraw = RandomDraw(seed: 0, step: 1, layer: 0)
  ) {
    self.operands = operands
    self.shapes = shapes
    self.result = result
    self.count = count
    self.tensors = tensors
    self.isTraining = isTraining
    self.draw = draw
  }
}
