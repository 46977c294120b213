/// Rows of cells in aligned columns, two spaces between them.
package struct TextTable: Hashable, Sendable {
  private let alignments: [TextAlignment]
  private var rows: [[String]]
  /// Before which rows there is a rule.
  private var rules: Set<Int> = []

  /// A table whose first columns are aligned by `alignments`, and all others as the last of these.
  package init(_ alignments: TextAlignment..., rows: [[String]] = []) {
    self.alignments = alignments
    self.rows = rows
  }

  /// Adds a row.
  package mutating func append(_ cells: [String]) { rows.append(cells) }

  /// Draws a line over the whole width before the next row.
  package mutating func appendRule() { rules.insert(rows.count) }

  /// The table, each line with its end and without spaces before it.
  package var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let rule = String(repeating: "-", count: widths.reduce(0, +) + max(0, columns - 1) * 2) + "\n"
    return rows.enumerated().map { index, row in
      let cells = row.enumerated().map { $1.padded(to: widths[$0], alignment(of: $0)) }
      return (rules.contains(index) ? rule : "")
        + cells.joined(separator: "  ").withoutTrailingSpaces + "\n"
    }.joined()
  }

  private func alignment(of column: Int) -> TextAlignment {
    column < alignments.count ? alignments[column] : alignments.last ?? .left
  }
}

/// The side of its column at which a text stands.
package enum TextAlignment: Hashable, Sendable {
  case left, right
}

extension String {
  /// The text with as many spaces as `width` columns need; longer ones stay as they are.
  package func padded(to width: Int, _ alignment: TextAlignment = .left) -> String {
    let space = String(repeating: " ", count: max(0, width - count))
    return alignment == .left ? self + space : space + self
  }

  /// The text up to its last character that is not a space.
  package var withoutTrailingSpaces: String {
    String(prefix(count - reversed().prefix { $0 == " " }.count))
  }
}
