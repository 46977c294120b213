import IR

/// Which layers run in one kernel of an inference plan: a convolution or a dense layer with the batch
/// norms that are folded into its weight and the activation that follows; a batch norm that follows neither,
/// or an elementwise operation, with its activation.
struct InferenceGroups {
  /// The layers of each head's kernel in order, by the head's index; empty for a layer that runs in
  /// another's.
  private(set) var members: [[Int]]

  /// What can run together in `model`: a layer joins the one before it only if nothing else reads the
  /// value between them, the loss included.
  init(_ model: Model, fuses: Bool) {
    members = model.layers.indices.map { [$0] }
    guard fuses else { return }
    let users = model.users
    func soleUser(of layer: Int) -> Int? {
      let value = ValueID.result(of: layer)
      return users[value.index].count == 1 && model.loss.operand != value
        ? users[value.index][0] : nil
    }
    for index in model.layers.indices where !members[index].isEmpty {
      var tail = index
      let op = model.layers[index].op.base
      let takesSteps = op is any ProductOperation || op is any ChannelAffineOperation
      if takesSteps {
        while let next = soleUser(of: tail), model.layers[next].op.isChannelStep {
          join(next, to: index)
          tail = next
        }
      }
      if takesSteps || op is any ElementwiseOperation, let next = soleUser(of: tail),
        model.layers[next].op.base.activation != nil
      {
        join(next, to: index)
      }
    }
  }

  private mutating func join(_ layer: Int, to head: Int) {
    members[head].append(layer)
    members[layer] = []
  }
}

extension AnyOperation {
  /// Whether the evaluation of this operation is a factor and an offset for each channel.
  var isChannelStep: Bool { base is any ChannelAffineOperation }
}

extension ChannelStep {
  /// What layer `index` does to each channel; nil where it does something else.
  package init?(_ op: AnyOperation, layer index: Int) {
    guard let affine = (op.base as? any ChannelAffineOperation)?.affine else { return nil }
    self.init(
      layer: index, normalization: affine.normalization, hasGamma: affine.hasGamma,
      hasBeta: affine.hasBeta)
  }
}
