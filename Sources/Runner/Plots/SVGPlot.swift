import Diagnostics

/// Curves as an SVG picture: a panel beside the other, light paper whatever is behind it.
package struct SVGPlot: CustomStringConvertible {
  /// The text of the file.
  package let description: String

  /// How many runs a picture can tell apart.
  static let mostColors = SVGShapes.colors.count

  /// A picture of `curves` under `title`.
  package init(_ curves: TrainingCurves, title: String) {
    let panelWidth = 400.0
    let width = panelWidth * Double(curves.panels.count)
    let panelHeight = 300.0
    let legend = Self.legend(of: curves, top: panelHeight + 8)
    let height = panelHeight + (legend.isEmpty ? 0 : Double(curves.legend.count) * 20 + 44)
    var lines = SVGShapes.opening(width: width, height: height, title: title)
    for (index, panel) in curves.panels.enumerated() {
      let frame = Frame(
        left: Double(index) * panelWidth + 64, top: 64, width: panelWidth - 88,
        height: panelHeight - 116)
      lines += Self.draw(panel, of: curves, in: frame)
    }
    description = (lines + legend + ["</svg>"]).map { $0 + "\n" }.joined()
  }

  /// Where a panel's axes are.
  private struct Frame {
    var left, top, width, height: Double
    var bottom: Double { top + height }
    var right: Double { left + width }
  }

  private static func draw(
    _ panel: TrainingCurves.Panel, of curves: TrainingCurves, in frame: Frame
  ) -> [String] {
    let scale = AxisScale(panel.curves.flatMap(\.values) + panel.reaches, ticks: 6)
    func x(_ number: Int, of last: Int) -> Double {
      frame.left + frame.width * (last > 0 ? Double(number) / Double(last) : 0.5)
    }
    func y(_ value: Double) -> Double { frame.bottom - frame.height * scale.place(value) }

    var lines = ["<g>"]
    for tick in scale.ticks {
      lines.append(SVGShapes.line(frame.left, y(tick), frame.right, y(tick), "#e4e4e4"))
      lines.append(SVGShapes.text(frame.left - 8, y(tick) + 4, scale.label(tick), anchor: "end"))
    }
    for epoch in AxisScale.epochs(curves.lastEpoch + 1, most: 11) {
      let place = x(epoch, of: curves.lastEpoch)
      lines.append(SVGShapes.line(place, frame.bottom, place, frame.bottom + 4, "#777"))
      lines.append(SVGShapes.text(place, frame.bottom + 18, "\(epoch)", anchor: "middle"))
    }
    lines.append(SVGShapes.line(frame.left, frame.top, frame.left, frame.bottom, "#777"))
    lines.append(SVGShapes.line(frame.left, frame.bottom, frame.right, frame.bottom, "#777"))
    lines.append(
      SVGShapes.text(frame.left + frame.width / 2, frame.bottom + 38, "epoch", anchor: "middle"))
    for (index, curve) in panel.curves.enumerated() {
      let color = SVGShapes.colors[(curve.color ?? index) % SVGShapes.colors.count]
      let points = curve.values.indices.filter { !curve.values[$0].isNaN }
        .map { (x($0, of: curves.points - 1), y(curve.values[$0])) }
      lines.append(SVGShapes.polyline(points, color, isDashed: curve.isDashed))
      if curves.points <= 30, !curve.isDashed {
        lines += points.map { SVGShapes.dot($0.0, $0.1, color) }
      }
    }
    return lines + names(of: panel, namesCurves: curves.legend.isEmpty, in: frame) + ["</g>"]
  }

  /// A line for each colour under the panels, and one that says what is drawn how.
  private static func legend(of curves: TrainingCurves, top: Double) -> [String] {
    if curves.legend.isEmpty { return [] }
    let lines = curves.legend.enumerated().flatMap { index, name in
      let y = top + 20 * Double(index)
      return [
        SVGShapes.polyline([(40, y), (64, y)], SVGShapes.colors[index % SVGShapes.colors.count]),
        SVGShapes.text(72, y + 4, name, anchor: "start"),
      ]
    }
    guard curves.panels.contains(where: { $0.curves.contains(where: \.isDashed) }) else {
      return lines
    }
    let y = top + 20 * Double(curves.legend.count) + 8
    return lines + [
      SVGShapes.text(40, y + 4, "in dashes: of the training examples", anchor: "start")
    ]
  }

  /// The panel's title, then its curves' names from right to left, in a line above the axes.
  private static func names(
    of panel: TrainingCurves.Panel, namesCurves: Bool, in frame: Frame
  ) -> [String] {
    var lines = [
      "<text x=\"\(SVGShapes.short(frame.left))\" y=\"\(SVGShapes.short(frame.top - 12))\" font-weight=\"bold\">"
        + "\(markup(panel.title))</text>"
    ]
    if !namesCurves { return lines }
    var right = frame.right
    for (index, curve) in panel.curves.enumerated().reversed() {
      let color = SVGShapes.colors[index % SVGShapes.colors.count]
      // Letters of sans-serif 12 take 7 at the most, on the average of a word.
      let start = right - 7 * Double(curve.name.count)
      lines.append(SVGShapes.text(right, frame.top - 12, curve.name, anchor: "end"))
      lines.append(
        SVGShapes.polyline([(start - 22, frame.top - 16), (start - 5, frame.top - 16)], color))
      right = start - 34
    }
    return lines
  }
}
