import Diagnostics

/// What SVG pictures are made of.
enum SVGShapes {
  /// One for each curve of a panel, or for each run.
  static let colors = [
    "#1f5fa8", "#c8501e", "#2f8f5b", "#8e4fa8", "#b8860b", "#17a2b8", "#c2185b", "#5d6d7e",
    "#7b3f00", "#6b8e23",
  ]

  /// The start of a picture: light paper whatever is behind it, and the title.
  static func opening(width: Double, height: Double, title: String) -> [String] {
    [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" "
        + "width=\"\(Int(width))\" height=\"\(Int(height))\" font-family=\"sans-serif\" "
        + "font-size=\"12\" fill=\"#333\">",
      "<title>\(markup(title))</title>",
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
      "<text x=\"16\" y=\"24\" font-size=\"15\" font-weight=\"bold\">\(markup(title))</text>",
    ]
  }

  static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String
  ) -> String {
    "<line x1=\"\(short(x1))\" y1=\"\(short(y1))\" x2=\"\(short(x2))\" y2=\"\(short(y2))\" "
      + "stroke=\"\(color)\"/>"
  }

  static func polyline(
    _ points: [(Double, Double)], _ color: String, isDashed: Bool = false
  ) -> String {
    let places = points.map { "\(short($0.0)),\(short($0.1))" }.joined(separator: " ")
    return "<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\" "
      + "stroke-linejoin=\"round\"\(isDashed ? " stroke-dasharray=\"5 4\"" : "")/>"
  }

  static func dot(_ x: Double, _ y: Double, _ color: String, radius: Double = 3) -> String {
    "<circle cx=\"\(short(x))\" cy=\"\(short(y))\" r=\"\(short(radius))\" fill=\"\(color)\"/>"
  }

  static func text(
    _ x: Double, _ y: Double, _ words: String, anchor: String, isBold: Bool = false
  ) -> String {
    let weight = isBold ? " font-weight=\"bold\"" : ""
    return
      "<text x=\"\(short(x))\" y=\"\(short(y))\"\(weight) text-anchor=\"\(anchor)\">"
      + "\(markup(words))</text>"
  }

  /// A coordinate in hundredths, more than any screen shows.
  static func short(_ number: Double) -> String {
    shortest((number * 100).rounded() / 100, digits: 8)
  }
}
