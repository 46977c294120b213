import IR

/// The groups of one example's numbers that are normalized each by itself, and which factor and
/// offset belongs to which number.
///
/// There are `outer` x `inner` groups of `count` numbers: number `k` of group `[o, i]` is
/// `(o * count + k) * inner + i`. Its factor is number `o * step + k / run`.
package struct NormalizationGroups: Hashable, Sendable {
  package var outer: Int
  package var count: Int
  package var inner: Int
  /// Factors from one outer group to the next; 0 where all outer groups have the same.
  package var step: Int
  /// Numbers that follow each other and have one factor. It or `inner` is 1.
  package var run: Int
  /// The shape of the factors, and of the offsets.
  package var parameterShape: [Int]

  /// All numbers of the last `axes` axes of `shape` are a group, each with a factor of its own.
  package static func last(_ axes: Int, of shape: Shape) -> NormalizationGroups {
    let kept = shape.dimensions.suffix(axes)
    let count = kept.reduce(1, *)
    return NormalizationGroups(
      outer: shape.elementCount / count, count: count, inner: 1, step: 0, run: 1,
      parameterShape: Array(kept))
  }

  /// The channels at each place of an image are a group, each with a factor of its own.
  package static func channels(of shape: Shape) -> NormalizationGroups {
    NormalizationGroups(
      outer: 1, count: shape.channels, inner: shape.planeCount, step: 0, run: 1,
      parameterShape: [shape.channels])
  }

  /// The channels are cut into `groups`, each with all its places; a factor for each channel.
  package static func ofChannels(_ groups: Int, of shape: Shape) -> NormalizationGroups {
    let channels = shape.channels / groups
    return NormalizationGroups(
      outer: groups, count: channels * shape.planeCount, inner: 1, step: channels,
      run: shape.planeCount, parameterShape: [shape.channels])
  }

  /// Groups of an example.
  package var groups: Int { outer * inner }

  /// Factors of all groups.
  package var parameters: Int { parameterShape.reduce(1, *) }

  /// The group of number `index` of one example, and its factor.
  package func place(of index: Int) -> (group: Int, parameter: Int) {
    let o = index / (count * inner)
    let (k, i) = (index / inner % count, index % inner)
    return (o * inner + i, o * step + k / run)
  }
}
