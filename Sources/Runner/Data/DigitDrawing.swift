/// One hand-written digit: every call's strokes are moved, turned, slanted, stretched, thickened
/// and made noisy as its generator says. Only + - * / and square roots are used, which IEEE 754
/// rounds the same way everywhere: the same seed draws the same bytes on every machine.
struct DigitDrawing {
  private let height: Int
  private let width: Int
  /// How much of the pen covers each pixel, 0 to 1.
  private var coverage: [Float]

  init(height: Int, width: Int) {
    self.height = height
    self.width = width
    coverage = Array(repeating: 0, count: height * width)
  }

  /// Draws a digit, gray, `channels` times in strengths of their own, into `target`
  /// ([channels][height][width]).
  mutating func draw(
    _ digit: Int, channels: Int, generator: inout RandomGenerator,
    into target: UnsafeMutableBufferPointer<UInt8>
  ) {
    for index in coverage.indices { coverage[index] = 0 }
    let placement = Placement(height: height, width: width, generator: &generator)
    for stroke in DigitStrokes.digits[digit] {
      var last = placement.place(stroke.start, &generator)
      for piece in stroke.pieces {
        let end = placement.place(piece.end, &generator)
        if let control = piece.control {
          drawCurve(from: last, by: placement.place(control, &generator), to: end, placement.radius)
        } else {
          drawLine(from: last, to: end, placement.radius)
        }
        last = end
      }
    }
    let noise = generator.uniform(0, 0.25)
    for channel in 0..<channels {
      let paper = channels > 1 ? generator.uniform(0, 0.3) : 0
      let ink = generator.uniform(0.75, 1) - paper
      for pixel in coverage.indices {
        let level =
          paper + ink * Double(coverage[pixel]) + noise * generator.uniform(-1, 1)
        target[channel * coverage.count + pixel] = UInt8(min(max(level, 0), 1) * 255)
      }
    }
  }

  private mutating func drawCurve(
    from start: DigitStrokes.Point, by control: DigitStrokes.Point, to end: DigitStrokes.Point,
    _ radius: Double
  ) {
    let parts = 8
    var last = start
    for part in 1...parts {
      let t = Double(part) / Double(parts)
      let (first, second, third) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
      let next = DigitStrokes.Point(
        first * start.x + second * control.x + third * end.x,
        first * start.y + second * control.y + third * end.y)
      drawLine(from: last, to: next, radius)
      last = next
    }
  }

  /// Covers the pixels whose centre is nearer to the segment than the pen's radius, with soft
  /// edges.
  private mutating func drawLine(
    from start: DigitStrokes.Point, to end: DigitStrokes.Point, _ radius: Double
  ) {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = max(dx * dx + dy * dy, 1e-9)
    let reach = radius + 1
    for y in rows(min(start.y, end.y) - reach, max(start.y, end.y) + reach, height) {
      for x in rows(min(start.x, end.x) - reach, max(start.x, end.x) + reach, width) {
        let (px, py) = (Double(x) + 0.5 - start.x, Double(y) + 0.5 - start.y)
        let t = min(max((px * dx + py * dy) / length, 0), 1)
        let (ex, ey) = (px - t * dx, py - t * dy)
        let distance = (ex * ex + ey * ey).squareRoot()
        let cover = Float(min(max(radius + 0.5 - distance, 0), 1))
        let pixel = y * width + x
        if cover > coverage[pixel] { coverage[pixel] = cover }
      }
    }
  }

  private func rows(_ lower: Double, _ upper: Double, _ count: Int) -> Range<Int> {
    let first = min(max(Int(lower), 0), count)
    return first..<max(first, min(Int(upper) + 1, count))
  }
}

/// Where on the image one digit's unit square lies, and how thick its pen is.
private struct Placement {
  private let xx: Double
  private let xy: Double
  private let yx: Double
  private let yy: Double
  private let centerX: Double
  private let centerY: Double
  /// The pen's, in pixels.
  let radius: Double

  init(height: Int, width: Int, generator: inout RandomGenerator) {
    let side = Double(min(height, width))
    // The half angle's tangent gives sine and cosine without a library's.
    let tangent = generator.uniform(-0.16, 0.16)
    let cosine = (1 - tangent * tangent) / (1 + tangent * tangent)
    let sine = 2 * tangent / (1 + tangent * tangent)
    let slant = generator.uniform(-0.35, 0.35)
    let tall = side * generator.uniform(0.58, 0.8)
    let wide = tall * generator.uniform(0.7, 1)
    xx = cosine * wide
    xy = (slant * cosine - sine) * tall
    yx = sine * wide
    yy = (slant * sine + cosine) * tall
    centerX = Double(width) / 2 + side * generator.uniform(-0.1, 0.1)
    centerY = Double(height) / 2 + side * generator.uniform(-0.1, 0.1)
    radius = side * generator.uniform(0.02, 0.06)
  }

  /// A point of the unit square on the image, in pixels, a little off as hands are.
  func place(_ point: DigitStrokes.Point, _ generator: inout RandomGenerator)
    -> DigitStrokes.Point
  {
    let x = point.x - 0.5 + generator.uniform(-0.06, 0.06)
    let y = point.y - 0.5 + generator.uniform(-0.06, 0.06)
    return DigitStrokes.Point(centerX + xx * x + xy * y, centerY + yx * x + yy * y)
  }
}
