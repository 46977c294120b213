/// How a value lies where channels are in the lanes: `[height][width][numbers]`. A vector is an image of
/// one position. Where it is a part of another value, its positions and rows lie as far apart as that
/// one's.
package struct ChannelLayout: Hashable, Sendable {
  package var channels: Int
  /// Rows that are there: those that something reads.
  package var height: Int
  /// Columns that are there.
  package var width: Int
  /// Numbers of a position: the channels rounded up to whole vectors, or the channels alone where the
  /// value is only read number by number.
  package var numbers: Int
  /// Numbers from one position to the next.
  package var stride: Int
  /// Numbers from one row to the next.
  package var row: Int

  /// A value with a place of its own.
  package init(channels: Int, height: Int, width: Int, numbers: Int) {
    self.channels = channels
    self.height = height
    self.width = width
    self.numbers = numbers
    stride = numbers
    row = width * numbers
  }

  /// Pixels.
  package var positions: Int { height * width }
  /// Numbers in all, without those of other values between them.
  package var count: Int { positions * numbers }
  /// Numbers from the first to the last, with those of other values between them.
  package var reach: Int { (height - 1) * row + (width - 1) * stride + numbers }
  /// Whether each row follows the one before it.
  package var rowsFollow: Bool { height == 1 || row == width * stride }
  /// Whether there is nothing of another value in between.
  package var isDense: Bool { reach == count }

  /// The same numbers as one row, where rows follow each other.
  package var asRow: ChannelLayout {
    var layout = self
    (layout.height, layout.width, layout.row) = (1, positions, positions * stride)
    return layout
  }

  /// Whether another value has the same rows and columns.
  package func isImage(like other: ChannelLayout) -> Bool {
    height == other.height && width == other.width
  }

  /// Whether it is another layout, or that one as one row.
  func isSame(as other: ChannelLayout) -> Bool {
    self == other || rowsFollow && asRow == other.asRow
  }
}
