/// A layer that keeps running statistics, and what they are of.
package struct RunningStatistics: Hashable, Sendable {
  /// The layer's index.
  package let layer: Int
  /// The value whose channels they are of; where a layer only views another value, that one.
  package let value: ValueID
  /// How many channels it has.
  package let channels: Int
  /// How the layer keeps them.
  package let convention: NormalizationConvention
}

extension Model {
  /// All running statistics in rounds: in evaluation, the values that those of a round are of depend
  /// on no statistics but those of earlier rounds.
  package var statisticsRounds: [[RunningStatistics]] {
    // Of each value how many rounds it depends on.
    var depths = ValueTable(of: self) { _ in 0 }
    var rounds: [[RunningStatistics]] = []
    for (index, layer) in layers.enumerated() {
      let depth = layer.operands.map { depths[$0] }.max() ?? 0
      guard
        let convention = (layer.op.base as? any ChannelAffineOperation)?.affine.normalization,
        let operand = layer.operands.first
      else {
        depths[.result(of: index)] = depth
        continue
      }
      depths[.result(of: index)] = depth + 1
      while rounds.count <= depth { rounds.append([]) }
      rounds[depth].append(
        RunningStatistics(
          layer: index, value: viewed(operand), channels: shape(of: operand).channels,
          convention: convention))
    }
    return rounds
  }
}
