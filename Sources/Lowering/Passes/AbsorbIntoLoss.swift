import IR

extension Graph {
  /// Lets the loss absorb the function that makes its operand, if it knows itself as a loss of that
  /// function's operand: the loss and its gradient then lose nothing to the rounding of the
  /// function's result.
  ///
  /// The layer stays, because its result is the network's output, but no gradient goes through it.
  /// It is not fused with the layer before it, whose result the loss reads.
  mutating func absorbIntoLoss() {
    guard loss.operand != .input else { return }
    let layer = model.layers[loss.operand.layerIndex]
    guard layer.operands.count == 1, let function = layer.op.base.activation,
      let whole = loss.function.base.absorbing(function)
    else { return }
    loss.function = AnyLossFunction(whole)
    loss.operand = layer.operands[0]
  }
}
