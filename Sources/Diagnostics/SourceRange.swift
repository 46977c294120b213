/// A place in a model file.
package struct SourcePosition: Hashable, Sendable, Comparable {
  /// UTF-8 code units before this place.
  package var offset: Int
  /// The line, counted from 1.
  package var line: Int
  /// The column in Unicode scalars, counted from 1.
  package var column: Int
  /// The file: 0 is the model file, others are those that it includes (`SourceFile.included`).
  package var file: Int

  /// The place `offset` code units into the file, on `line` at `column`.
  package init(offset: Int, line: Int, column: Int, file: Int = 0) {
    self.file = file
    self.offset = offset
    self.line = line
    self.column = column
  }

  /// The start of a file.
  package static let start = SourcePosition(offset: 0, line: 1, column: 1)

  /// The order of the files, and in a file.
  package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.file, left.offset) < (right.file, right.offset)
  }
}

/// A stretch of a model file: from `lower` up to, but not including, `upper`.
package struct SourceRange: Hashable, Sendable {
  /// The first place of the stretch.
  package var lower: SourcePosition
  /// The place just past its end.
  package var upper: SourcePosition

  /// The stretch between two places.
  package init(_ lower: SourcePosition, _ upper: SourcePosition) {
    self.lower = lower
    self.upper = upper
  }
}
