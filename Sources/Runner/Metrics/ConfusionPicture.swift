import Files

/// A confusion matrix as a picture: a square for each pair of classes, the darker the larger its share
/// of the target's examples, blue on the diagonal, else orange.
struct ConfusionPicture {
  /// Pixels of a side.
  let side: Int
  /// [side][side][3]
  private(set) var pixels: [UInt8]

  /// Beyond this a square would be less than a pixel of what a screen shows.
  static let mostClasses = 1024

  /// A picture of `matrix`; nil where it has too many classes.
  init?(_ matrix: ConfusionMatrix) {
    let classes = matrix.classes
    guard (1...Self.mostClasses).contains(classes) else { return nil }
    let square = max(1, min(32, 512 / classes))
    // A line between squares that have room for one.
    let gap = square >= 8 ? 1 : 0
    side = classes * (square + gap) + gap
    pixels = [UInt8](repeating: gap == 1 ? 210 : 255, count: side * side * 3)
    for (target, row) in matrix.rows.enumerated() {
      let whole = Double(max(row.reduce(0, +), 1))
      for (predicted, count) in row.enumerated() {
        let color = Self.color(share: Double(count) / whole, isRight: target == predicted)
        let (top, left) = (target * (square + gap) + gap, predicted * (square + gap) + gap)
        for y in top..<top + square {
          for x in left..<left + square {
            pixels.replaceSubrange((y * side + x) * 3..<(y * side + x) * 3 + 3, with: color)
          }
        }
      }
    }
  }

  /// White without any, and the full colour with all; even a small share can be seen.
  static func color(share: Double, isRight: Bool) -> [UInt8] {
    let full: [Double] = isRight ? [31, 95, 168] : [200, 80, 30]
    let depth = share > 0 ? 0.1 + 0.9 * share : 0
    return full.map { UInt8((255 + ($0 - 255) * depth).rounded()) }
  }

  /// The picture as a PNG file.
  var png: [UInt8] {
    get throws { try PNGWriter.encode(pixels, width: side, height: side, channels: 3) }
  }
}
