import IR

extension Graph {
  /// Lets each loss absorb the function that makes its operand, if it knows itself as a loss of that
  /// function's operand: the loss and its gradient then lose nothing to the rounding of the
  /// function's result.
  ///
  /// The layer stays, because its result is the network's output, but the loss's gradient does not
  /// go through it. It is not fused with the layer before it, whose result the loss reads.
  mutating func absorbIntoLoss() {
    for index in losses.indices {
      guard let maker = losses[index].operand.layer else { continue }
      let layer = model.layers[maker]
      guard layer.operands.count == 1, let function = layer.op.base.activation,
        let whole = losses[index].function.base.absorbing(function)
      else { continue }
      losses[index].function = AnyLossFunction(whole)
      losses[index].operand = layer.operands[0]
    }
  }
}
