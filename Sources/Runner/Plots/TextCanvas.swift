/// A grid of dots that becomes lines of text: 2 x 4 dots a character in braille, else one.
struct TextCanvas {
  private let columns: Int
  private let rows: Int
  private let isBraille: Bool
  private var dots: [Bool]

  init(columns: Int, rows: Int, isBraille: Bool) {
    self.columns = columns
    self.rows = rows
    self.isBraille = isBraille
    dots = Array(repeating: false, count: columns * rows * (isBraille ? 8 : 1))
  }

  private var width: Int { columns * (isBraille ? 2 : 1) }
  private var height: Int { rows * (isBraille ? 4 : 1) }

  /// Draws a line through `heights`, each from 0 at the floor to 1, evenly from left to right.
  mutating func draw(_ heights: [Double]) {
    guard heights.count > 1 else { return }
    func y(_ x: Int) -> Int {
      let place = Double(x) / Double(width - 1) * Double(heights.count - 1)
      let left = min(Int(place), heights.count - 2)
      let share = place - Double(left)
      let value = heights[left] * (1 - share) + heights[left + 1] * share
      return height - 1 - Int((value * Double(height - 1)).rounded())
    }
    for x in 0..<width {
      // Up or down to the next column's place, so that a steep line has no gaps.
      let (here, next) = (y(x), y(min(x + 1, width - 1)))
      for row in next == here ? here...here : next > here ? here...next - 1 : next + 1...here {
        dots[row * width + x] = true
      }
    }
  }

  /// The text, from the top.
  var lines: [String] {
    (0..<rows).map { row in
      String((0..<columns).map { column in isBraille ? braille(row, column) : plain(row, column) })
    }
  }

  private func plain(_ row: Int, _ column: Int) -> Character {
    dots[row * width + column] ? "*" : " "
  }

  /// U+2800 and a bit for each dot, numbered as Braille does: down the left side, then the right,
  /// and the fourth row last.
  private func braille(_ row: Int, _ column: Int) -> Character {
    let bits = [[0, 3], [1, 4], [2, 5], [6, 7]]
    var code: UInt32 = 0x2800
    for down in 0..<4 {
      for across in 0..<2 where dots[(row * 4 + down) * width + column * 2 + across] {
        code |= 1 << UInt32(bits[down][across])
      }
    }
    return code == 0x2800 ? " " : Unicode.Scalar(code).map(Character.init) ?? " "
  }
}
