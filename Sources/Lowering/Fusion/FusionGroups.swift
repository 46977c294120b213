import IR

/// Which layers run in one kernel: each batch norm with the ReLU and the pool that follow it, and
/// with the convolution or dense layer before it, which gathers its statistics. `normalize` followed
/// by `scale_shift` is a batch norm. A sum runs with the ReLU that follows it.
package struct FusionGroups: Hashable, Sendable {
  /// The layer at whose kernel each layer runs: its own index where it stands alone.
  package var head: [Int]
  /// The layers of each head's kernel in order, by the head's index.
  package var members: [[Int]]
  /// The layer that gathers each batch norm's statistics as it stores its result.
  package var statisticsProducer: [Int?]

  /// No layer fused with another.
  package static func none(_ model: Model) -> FusionGroups {
    let indices = Array(model.layers.indices)
    return FusionGroups(
      head: indices, members: indices.map { [$0] },
      statisticsProducer: Array(repeating: nil, count: indices.count))
  }

  /// What can run together in `model`.
  ///
  /// A layer joins the one before it only if nothing else reads the value between them, the loss
  /// included: that value is then never stored.
  package static func fuse(_ model: Model) -> FusionGroups {
    var groups = none(model)
    let users = model.users
    func soleUser(of layer: Int) -> Int? {
      let value = ValueID.result(of: layer)
      return users[value.index].count == 1 && model.loss.operand != value
        ? users[value.index][0] : nil
    }
    for (index, layer) in model.layers.enumerated() {
      if case .add = layer.op, let next = soleUser(of: index),
        case .relu = model.layers[next].op
      {
        groups.join(next, to: index)
      }
      guard layer.op.normalization != nil else { continue }
      var tail = index
      if case .normalize = layer.op, let next = soleUser(of: tail),
        case .scaleShift = model.layers[next].op
      {
        groups.join(next, to: index)
        tail = next
      }
      if let next = soleUser(of: tail), case .relu = model.layers[next].op {
        groups.join(next, to: index)
        tail = next
      }
      if let next = soleUser(of: tail), model.layers[next].op.isFusiblePool {
        groups.join(next, to: index)
      }
      let producer = layer.operands[0].layerIndex
      if producer >= 0 {
        switch model.layers[producer].op {
        case .convolution, .dense: groups.statisticsProducer[index] = producer
        case .batchNorm, .normalize, .scaleShift, .relu, .sigmoid, .averagePool, .maxPool, .flatten,
          .add:
          break
        }
      }
    }
    return groups
  }

  /// The last layer of the group that `layer` heads: the one whose result is stored.
  package func tail(of layer: Int) -> Int { members[layer].last ?? layer }

  private mutating func join(_ layer: Int, to head: Int) {
    self.head[layer] = head
    members[head].append(layer)
    members[layer] = []
  }
}

extension Op {
  /// Whether this is a pool that a batch norm's kernels can end with: its windows share no number,
  /// lie within the image, and are small enough to be written out number by number.
  var isFusiblePool: Bool {
    switch self {
    case .averagePool(let pool): pool.window.isDisjoint && pool.window.kernel <= 4
    case .maxPool(let pool): pool.window.isDisjoint && pool.window.kernel <= 4
    case .convolution, .dense, .batchNorm, .normalize, .scaleShift, .relu, .sigmoid, .flatten, .add:
      false
    }
  }
}
