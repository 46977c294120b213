/// A length cut into pieces of almost one size: `wide` pieces of `width + 1`, then `count - wide`
/// of `width`. No piece is a small remainder, so no tile runs half empty.
package struct Partition: Hashable, Sendable {
  /// How many pieces.
  package var count: Int
  /// The size of the smaller pieces.
  package var width: Int
  /// How many pieces, the first ones, are larger by one.
  package var wide: Int

  /// All of `length` in one piece.
  package static func whole(_ length: Int) -> Partition { Partition(length, limit: max(1, length)) }

  /// `length` cut into as few pieces of at most `limit` as will do.
  package init(_ length: Int, limit: Int) {
    let pieces = max(1, (length + limit - 1) / limit)
    count = pieces
    width = length / pieces
    wide = length % pieces
  }

  /// `length` cut into at most so many pieces.
  package init(_ length: Int, pieces: Int) {
    self.init(length, limit: max(1, (length + pieces - 1) / pieces))
  }

  /// What was cut.
  package var length: Int { count * width + wide }

  /// The piece that item `index` is in: where it begins, and how large it is.
  package func piece(of index: Int) -> (start: Int, size: Int) {
    let larger = wide * (width + 1)
    if index < larger { return (index / (width + 1) * (width + 1), width + 1) }
    return (larger + (index - larger) / width * width, width)
  }

  /// The largest piece.
  package var largest: Int { wide > 0 ? width + 1 : width }

  /// Each size that occurs, with how often it does, in order.
  package var sizeCounts: [(size: Int, count: Int)] {
    [(width + 1, wide), (width, count - wide)].filter { $0.count > 0 }
  }
}
