import Diagnostics

/// What a sweep came to against each of its settings: a panel for each, a point for each choice.
package struct SweepPlot: Sendable {
  private struct Point {
    let places: [Double?]
    let mean: Double
    let range: ClosedRange<Double>
    let isBest: Bool
  }

  private let axes: [SweepAxis]
  private let points: [Point]
  private let title, judgement: String

  /// A plot of the choices that have a result.
  package init(_ summary: SweepSummary, _ varied: [VariedSetting], title: String) {
    let axes = varied.map(SweepAxis.init)
    self.axes = axes
    self.title = title
    judgement = summary.judgement
    points = summary.rows.compactMap { row in
      guard let mean = row.mean, let low = row.values.min(), let high = row.values.max() else {
        return nil
      }
      let places = zip(axes, row.trial.settings).map { $0.place($1.value) }
      return Point(
        places: places, mean: mean, range: low...high,
        isBest: row.trial.number == summary.best?.trial.number)
    }
  }

  /// Whether there is anything to draw.
  package var isEmpty: Bool { points.isEmpty || axes.isEmpty }

  // MARK: A picture

  /// The picture: means over the seeds, with a line from the least to the largest; the best one in
  /// another colour.
  package var svg: String {
    let (panelWidth, height) = (400.0, 300.0)
    let width = panelWidth * Double(max(axes.count, 1))
    var lines = SVGShapes.opening(width: width, height: height, title: title)
    for (index, axis) in axes.enumerated() {
      lines += panel(
        axis, index, left: Double(index) * panelWidth + 64,
        right: Double(index + 1) * panelWidth - 24)
    }
    return (lines + ["</svg>"]).map { $0 + "\n" }.joined()
  }

  private func panel(_ axis: SweepAxis, _ index: Int, left: Double, right: Double) -> [String] {
    let (top, bottom) = (64.0, 248.0)
    let scale = AxisScale(points.flatMap { [$0.range.lowerBound, $0.range.upperBound] }, ticks: 6)
    func x(_ place: Double) -> Double { left + (right - left) * place }
    func y(_ value: Double) -> Double { bottom - (bottom - top) * scale.place(value) }
    var lines = [
      "<g>", SVGShapes.text(left, top - 12, judgement, anchor: "start", isBold: true),
    ]
    for tick in scale.ticks {
      lines.append(SVGShapes.line(left, y(tick), right, y(tick), "#e4e4e4"))
      lines.append(SVGShapes.text(left - 8, y(tick) + 4, scale.label(tick), anchor: "end"))
    }
    for tick in axis.ticks {
      lines.append(SVGShapes.line(x(tick.place), bottom, x(tick.place), bottom + 4, "#777"))
      lines.append(SVGShapes.text(x(tick.place), bottom + 18, tick.label, anchor: "middle"))
    }
    lines.append(SVGShapes.line(left, top, left, bottom, "#777"))
    lines.append(SVGShapes.line(left, bottom, right, bottom, "#777"))
    lines.append(SVGShapes.text((left + right) / 2, bottom + 38, axis.name, anchor: "middle"))
    // The best one last, so that nothing hides it.
    for point in points.filter({ !$0.isBest }) + points.filter(\.isBest) {
      guard let place = point.places[index] else { continue }
      let color = SVGShapes.colors[point.isBest ? 1 : 0]
      if point.range.lowerBound < point.range.upperBound {
        lines.append(
          SVGShapes.line(
            x(place), y(point.range.lowerBound), x(place), y(point.range.upperBound), color))
      }
      lines.append(SVGShapes.dot(x(place), y(point.mean), color, radius: point.isBest ? 5 : 3.5))
    }
    return lines + ["</g>"]
  }

  // MARK: Text

  /// The panels one below the other, in lines of `columns` at most: `*` for a choice, `@` for the best.
  package func text(columns: Int) -> String {
    axes.indices.map { text($0, columns: min(columns, 72)) }.joined(separator: "\n")
  }

  private func text(_ index: Int, columns: Int) -> String {
    let rows = 9
    let scale = AxisScale(points.map(\.mean), ticks: 4)
    let labels = [scale.label(scale.upper), scale.label(scale.lower)]
    let margin = (labels.map(\.count).max() ?? 0) + 1
    let width = max(columns - margin - 1, 16)
    var canvas = Array(repeating: Array(repeating: Character(" "), count: width), count: rows)
    for point in points.filter({ !$0.isBest }) + points.filter(\.isBest) {
      guard let place = point.places[index] else { continue }
      let row = rows - 1 - Int((scale.place(point.mean) * Double(rows - 1)).rounded())
      canvas[row][Int((place * Double(width - 1)).rounded())] = point.isBest ? "@" : "*"
    }
    var lines = ["\(spaces(margin + 1))\(judgement) by \(axes[index].name)"]
    for (row, line) in canvas.enumerated() {
      let label = row == 0 ? labels[0] : row == rows - 1 ? labels[1] : ""
      lines.append(label.padded(to: margin - 1, .right) + " |" + String(line))
    }
    lines.append(spaces(margin) + "+" + String(repeating: "-", count: width))
    lines.append(spaces(margin + 1) + ticks(of: axes[index], width: width))
    return lines.map { $0.withoutTrailingSpaces + "\n" }.joined()
  }

  /// The values below the axis that have room there, each around its place.
  private func ticks(of axis: SweepAxis, width: Int) -> String {
    var line = ""
    for tick in axis.ticks {
      let middle = Int((tick.place * Double(width - 1)).rounded())
      let start = min(max(0, middle - tick.label.count / 2), max(0, width - tick.label.count))
      guard line.isEmpty || start > line.count else { continue }
      line += spaces(start - line.count) + tick.label
    }
    return line
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(count, 0)) }
}
