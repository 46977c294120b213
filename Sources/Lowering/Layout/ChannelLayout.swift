/// How a value lies where channels are in the lanes: `[height][width][stride]`. A vector is an
/// image of one position.
package struct ChannelLayout: Hashable, Sendable {
  package var channels: Int
  /// Rows that are there: those that something reads.
  package var height: Int
  /// Columns that are there.
  package var width: Int
  /// Numbers from one position to the next: the channels rounded up to whole vectors, or the
  /// channels alone where the value is only read number by number.
  package var stride: Int

  /// Pixels.
  package var positions: Int { height * width }
  /// Numbers in all.
  package var count: Int { positions * stride }
  /// The same numbers as one row.
  package var asRow: ChannelLayout {
    ChannelLayout(channels: channels, height: 1, width: positions, stride: stride)
  }

  /// Whether another value has the same rows and columns.
  package func isImage(like other: ChannelLayout) -> Bool {
    height == other.height && width == other.width
  }
}
