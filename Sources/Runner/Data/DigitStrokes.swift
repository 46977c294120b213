/// How the ten digits are written: strokes of lines and quadratic curves in a unit square, y down.
enum DigitStrokes {
  /// A place in the square.
  struct Point: Hashable, Sendable {
    var x: Double
    var y: Double

    init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// A piece of a stroke: to `end`, bent towards `control` where there is one.
  struct Piece: Hashable, Sendable {
    var control: Point?
    var end: Point
  }

  /// A line drawn without lifting the pen.
  struct Stroke: Hashable, Sendable {
    var start: Point
    var pieces: [Piece]
  }

  /// The strokes of digits 0 to 9.
  static let digits: [[Stroke]] = [
    [
      stroke(
        (0.5, 0.05), curve(0.85, 0.05, 0.82, 0.5), curve(0.8, 0.95, 0.5, 0.95),
        curve(0.2, 0.95, 0.18, 0.5), curve(0.15, 0.05, 0.5, 0.05))
    ],
    [stroke((0.3, 0.25), line(0.55, 0.05), line(0.55, 0.95))],
    [
      stroke(
        (0.2, 0.3), curve(0.22, 0.05, 0.5, 0.05), curve(0.82, 0.05, 0.78, 0.35),
        curve(0.72, 0.6, 0.2, 0.95), line(0.82, 0.95))
    ],
    [
      stroke(
        (0.2, 0.12), curve(0.8, -0.02, 0.75, 0.27), curve(0.7, 0.47, 0.42, 0.47),
        curve(0.82, 0.48, 0.8, 0.72), curve(0.75, 1.0, 0.18, 0.88))
    ],
    [
      stroke((0.62, 0.05), line(0.18, 0.62), line(0.85, 0.62)),
      stroke((0.64, 0.35), line(0.62, 0.95)),
    ],
    [
      stroke(
        (0.78, 0.06), line(0.3, 0.06), line(0.26, 0.45), curve(0.8, 0.33, 0.78, 0.68),
        curve(0.74, 1.02, 0.2, 0.88))
    ],
    [
      stroke(
        (0.7, 0.06), curve(0.22, 0.2, 0.2, 0.65), curve(0.22, 0.97, 0.5, 0.95),
        curve(0.8, 0.92, 0.78, 0.68), curve(0.74, 0.45, 0.48, 0.47), curve(0.26, 0.5, 0.21, 0.68))
    ],
    [stroke((0.18, 0.07), line(0.82, 0.07), curve(0.55, 0.4, 0.42, 0.95))],
    [
      stroke(
        (0.5, 0.48), curve(0.18, 0.4, 0.22, 0.22), curve(0.28, 0.04, 0.5, 0.05),
        curve(0.74, 0.05, 0.76, 0.22), curve(0.78, 0.4, 0.5, 0.48), curve(0.16, 0.56, 0.18, 0.76),
        curve(0.24, 0.96, 0.5, 0.95), curve(0.78, 0.95, 0.82, 0.76), curve(0.84, 0.56, 0.5, 0.48))
    ],
    [
      stroke(
        (0.78, 0.32), curve(0.74, 0.06, 0.5, 0.05), curve(0.22, 0.06, 0.22, 0.3),
        curve(0.24, 0.54, 0.5, 0.53), curve(0.76, 0.5, 0.78, 0.32), curve(0.8, 0.7, 0.62, 0.95))
    ],
  ]

  private static func stroke(_ start: (Double, Double), _ pieces: Piece...) -> Stroke {
    Stroke(start: Point(start.0, start.1), pieces: pieces)
  }

  private static func line(_ x: Double, _ y: Double) -> Piece {
    Piece(control: nil, end: Point(x, y))
  }

  private static func curve(_ controlX: Double, _ controlY: Double, _ x: Double, _ y: Double)
    -> Piece
  {
    Piece(control: Point(controlX, controlY), end: Point(x, y))
  }
}
