import IR

extension PlanOptions {
  /// Channels a vector of an inference plan of `model`.
  ///
  /// Channels seldom fill the last vector. Where the target's vectors are 64 bytes, halves are tried
  /// too: today's cores do twice as many of those a cycle, or as many numbers. The width that wastes
  /// the least work on padding wins, the larger one of equals.
  func channelLanes(for model: Model) -> Int {
    let whole = target.vectorBytes / precision.bytes
    let widths = target.vectorBytes >= 64 ? [whole, whole / 2] : [whole]
    func work(_ lanes: Int) -> Int {
      model.layers.reduce(0) { total, layer in
        switch layer.op {
        case .convolution(let op):
          let padded = (op.channels + lanes - 1) / lanes * lanes
          let count = op.multiplyAdds(of: model.operandShapes(of: layer))
          return total + count / op.channels * padded
        case .dense, .batchNorm, .normalize, .scaleShift, .relu, .sigmoid, .averagePool, .maxPool,
          .flatten, .add:
          return total
        }
      }
    }
    return widths.min { work($0) < work($1) } ?? whole
  }
}
