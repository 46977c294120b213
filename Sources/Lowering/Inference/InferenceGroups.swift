import IR

/// Which layers run in one kernel of an inference plan: a convolution or a dense layer with the batch
/// norms that are folded into its weight and the ReLU that follows; a batch norm that follows neither,
/// or a sum, with its ReLU.
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
      if model.layers[index].op.takesChannelSteps {
        while let next = soleUser(of: tail), model.layers[next].op.isChannelStep {
          join(next, to: index)
          tail = next
        }
      }
      if model.layers[index].op.takesReLU, let next = soleUser(of: tail),
        case .relu = model.layers[next].op
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

extension Op {
  /// Whether the evaluation of this operator is a factor and an offset for each channel.
  var isChannelStep: Bool { ChannelStep(self, layer: 0) != nil }

  /// Whether factors and offsets can be folded into this operator's own numbers.
  fileprivate var takesChannelSteps: Bool {
    switch self {
    case .convolution, .dense, .batchNorm, .normalize, .scaleShift: true
    case .relu, .sigmoid, .averagePool, .maxPool, .flatten, .add: false
    }
  }

  /// Whether this operator's kernel can clip what it stores.
  fileprivate var takesReLU: Bool {
    switch self {
    case .convolution, .dense, .batchNorm, .normalize, .scaleShift, .add: true
    case .relu, .sigmoid, .averagePool, .maxPool, .flatten: false
    }
  }
}

extension ChannelStep {
  /// What layer `index` does to each channel; nil where it does something else.
  package init?(_ op: Op, layer index: Int) {
    switch op {
    case .batchNorm(let norm):
      self.init(
        layer: index, normalization: norm, hasGamma: norm.affine && !norm.fixGamma,
        hasBeta: norm.affine)
    case .normalize(let norm):
      self.init(layer: index, normalization: norm.convention, hasGamma: false, hasBeta: false)
    case .scaleShift:
      self.init(layer: index, normalization: nil, hasGamma: true, hasBeta: true)
    case .convolution, .dense, .relu, .sigmoid, .averagePool, .maxPool, .flatten, .add:
      return nil
    }
  }
}
