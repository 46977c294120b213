import Diagnostics

/// Curves for a terminal: the panels side by side where there is room, in braille dots, or in ASCII
/// where the terminal's text is not UTF-8. Of a panel's two curves the second, the test set's, is
/// drawn.
package struct TextPlot: CustomStringConvertible {
  /// The lines, each with its end.
  package let description: String

  private static let rows = 7

  /// A plot of `curves` in no more than `columns` columns, `widest` of them for a panel.
  package init(_ curves: TrainingCurves, columns: Int, widest: Int = 40, isUnicode: Bool) {
    let count = curves.panels.count
    let isBeside = columns >= count * 30
    let room = min(isBeside ? columns / count - 2 : columns, widest)
    let panels = curves.panels.map {
      Self.draw($0, lastEpoch: curves.lastEpoch, columns: room, isUnicode: isUnicode)
    }
    let lines =
      isBeside
      ? (0..<Self.rows + 3).map { row in panels.map { $0[row] }.joined(separator: "    ") }
      : panels.flatMap { $0 }
    description = lines.map { $0.withoutTrailingSpaces + "\n" }.joined()
  }

  /// A title, the axes with the curve, and the epochs below, all lines of one width.
  private static func draw(
    _ panel: TrainingCurves.Panel, lastEpoch: Int, columns: Int, isUnicode: Bool
  ) -> [String] {
    guard let curve = panel.curves.last else { return [] }
    let scale = AxisScale(curve.values + panel.reaches, ticks: 4)
    let labels = [scale.label(scale.upper), scale.label(scale.lower)]
    let margin = (labels.map(\.count).max() ?? 0) + 1
    let width = max(columns - margin - 1, 8)
    var canvas = TextCanvas(columns: width, rows: rows, isBraille: isUnicode)
    canvas.draw(curve.values.map(scale.place))
    let (side, corner, floor) = isUnicode ? ("│", "└", "─") : ("|", "+", "-")
    var lines = [spaces(margin + 1) + "\(panel.title), \(curve.name)"]
    for (row, text) in canvas.lines.enumerated() {
      let label = row == 0 ? labels[0] : row == rows - 1 ? labels[1] : ""
      lines.append(spaces(margin - 1 - label.count) + label + " " + side + text)
    }
    lines.append(spaces(margin) + corner + String(repeating: floor, count: width))
    let last = "\(lastEpoch)"
    let axis = "0" + spaces(max(1, width / 2 - 4)) + "epoch"
    lines.append(
      spaces(margin + 1) + axis + spaces(max(1, width - axis.count - last.count)) + last)
    return lines.map { String($0.prefix(columns)) + spaces(margin + 1 + width - $0.count) }
  }

  private static func spaces(_ count: Int) -> String {
    String(repeating: " ", count: max(count, 0))
  }
}
