import Diagnostics

/// Curves as an SVG picture: a panel beside the other, light paper whatever is behind it.
package struct SVGPlot: CustomStringConvertible {
  /// The text of the file.
  package let description: String

  private static let colors = ["#1f5fa8", "#c8501e"]

  /// A picture of `curves` under `title`.
  package init(_ curves: TrainingCurves, title: String) {
    let panelWidth = 400.0
    let width = panelWidth * Double(curves.panels.count)
    let height = 300.0
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" "
        + "width=\"\(Int(width))\" height=\"\(Int(height))\" font-family=\"sans-serif\" "
        + "font-size=\"12\" fill=\"#333\">",
      "<title>\(escaped(title))</title>",
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
      "<text x=\"16\" y=\"24\" font-size=\"15\" font-weight=\"bold\">\(escaped(title))</text>",
    ]
    for (index, panel) in curves.panels.enumerated() {
      let frame = Frame(
        left: Double(index) * panelWidth + 64, top: 64, width: panelWidth - 88, height: height - 116
      )
      lines += Self.draw(panel, of: curves, in: frame)
    }
    description = (lines + ["</svg>"]).map { $0 + "\n" }.joined()
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
      lines.append(line(frame.left, y(tick), frame.right, y(tick), "#e4e4e4"))
      lines.append(text(frame.left - 8, y(tick) + 4, scale.label(tick), anchor: "end"))
    }
    for epoch in AxisScale.epochs(curves.lastEpoch + 1, most: 11) {
      let place = x(epoch, of: curves.lastEpoch)
      lines.append(line(place, frame.bottom, place, frame.bottom + 4, "#777"))
      lines.append(text(place, frame.bottom + 18, "\(epoch)", anchor: "middle"))
    }
    lines.append(line(frame.left, frame.top, frame.left, frame.bottom, "#777"))
    lines.append(line(frame.left, frame.bottom, frame.right, frame.bottom, "#777"))
    lines.append(text(frame.left + frame.width / 2, frame.bottom + 38, "epoch", anchor: "middle"))
    for (index, curve) in panel.curves.enumerated() {
      let color = colors[index % colors.count]
      let points = curve.values.indices.map { (x($0, of: curves.points - 1), y(curve.values[$0])) }
      lines.append(polyline(points, color))
      if curves.points <= 30 { lines += points.map { dot($0.0, $0.1, color) } }
    }
    return lines + legend(panel, in: frame) + ["</g>"]
  }

  /// The panel's title, then its curves' names from right to left, in a line above the axes.
  private static func legend(_ panel: TrainingCurves.Panel, in frame: Frame) -> [String] {
    var lines = [
      "<text x=\"\(short(frame.left))\" y=\"\(short(frame.top - 12))\" font-weight=\"bold\">"
        + "\(escaped(panel.title))</text>"
    ]
    var right = frame.right
    for (index, curve) in panel.curves.enumerated().reversed() {
      let color = colors[index % colors.count]
      // Letters of sans-serif 12 take 7 at the most, on the average of a word.
      let start = right - 7 * Double(curve.name.count)
      lines.append(text(right, frame.top - 12, curve.name, anchor: "end"))
      lines.append(polyline([(start - 22, frame.top - 16), (start - 5, frame.top - 16)], color))
      right = start - 34
    }
    return lines
  }

  private static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String
  ) -> String {
    "<line x1=\"\(short(x1))\" y1=\"\(short(y1))\" x2=\"\(short(x2))\" y2=\"\(short(y2))\" "
      + "stroke=\"\(color)\"/>"
  }

  private static func polyline(_ points: [(Double, Double)], _ color: String) -> String {
    let places = points.map { "\(short($0.0)),\(short($0.1))" }.joined(separator: " ")
    return "<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\" "
      + "stroke-linejoin=\"round\"/>"
  }

  private static func dot(_ x: Double, _ y: Double, _ color: String) -> String {
    "<circle cx=\"\(short(x))\" cy=\"\(short(y))\" r=\"3\" fill=\"\(color)\"/>"
  }

  private static func text(_ x: Double, _ y: Double, _ words: String, anchor: String) -> String {
    "<text x=\"\(short(x))\" y=\"\(short(y))\" text-anchor=\"\(anchor)\">\(escaped(words))</text>"
  }
}

/// A coordinate in hundredths, more than any screen shows.
private func short(_ number: Double) -> String {
  shortest((number * 100).rounded() / 100, digits: 8)
}

private func escaped(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    default: result.append(character)
    }
  }
  return result
}
