import Diagnostics
import PluginABI

/// One of the ways in which an evaluation sees an example.
package struct PluginView: Hashable, Sendable {
  /// Of its outputs in their mean.
  let weight: Double
  /// Of each input.
  let inputs: [Look]

  /// Whether it shows the examples as they are.
  var isPlain: Bool { inputs.allSatisfy(\.isPlain) }

  /// How an input is seen.
  struct Look: Hashable, Sendable {
    let flipsRows, flipsColumns: Bool
    let down, right: Int
    let isEdge: Bool

    var isPlain: Bool { !flipsRows && !flipsColumns && down == 0 && right == 0 }

    /// Of each place of a channel of `height` rows and `width` columns the place that it shows.
    func places(height: Int, width: Int) -> [Int] {
      (0..<height).flatMap { i in
        let row = inside((flipsRows ? height - 1 - i : i) + down, height)
        return (0..<width).map { j in
          row * width + inside((flipsColumns ? width - 1 - j : j) + right, width)
        }
      }
    }

    private func inside(_ place: Int, _ size: Int) -> Int {
      if isEdge { return min(max(place, 0), size - 1) }
      let inner = abs(place)
      return inner < size ? inner : 2 * (size - 1) - inner
    }
  }

  /// The views of a plugin's table, a row for each input of each.
  ///
  /// - Throws: a failure without a path when they make no sense.
  static func all(
    _ rows: UnsafeBufferPointer<bnc_view>, count: Int, _ inputs: [PluginValue]
  ) throws -> [PluginView] {
    let most = 1024
    guard count <= most, rows.count == count * inputs.count else {
      throw Failure("has \(count) views of its inputs, which cannot be")
    }
    let views = try (0..<count).map { view in
      PluginView(
        weight: rows[view * inputs.count].weight,
        inputs: try inputs.indices.map { try look(rows[view * inputs.count + $0], inputs[$0]) })
    }
    guard count == 0 || abs(views.reduce(0) { $0 + $1.weight } - 1) < 1e-9 else {
      throw Failure("has views of its inputs whose weights do not add up to 1")
    }
    return views
  }

  private static func look(_ row: bnc_view, _ input: PluginValue) throws -> Look {
    let look = Look(
      flipsRows: row.flips_rows != 0, flipsColumns: row.flips_columns != 0, down: Int(row.down),
      right: Int(row.right), isEdge: row.is_edge != 0)
    let (height, width) = sides(input.shape)
    guard look.isPlain || (2...3).contains(input.shape.count), abs(look.down) < height,
      abs(look.right) < width
    else { throw Failure("has a view of input '\(input.name)' that lies outside of it") }
    return look
  }

  /// Rows and columns of an input.
  static func sides(_ shape: [Int]) -> (height: Int, width: Int) {
    (shape.count == 3 ? shape[1] : 1, shape.count > 1 ? shape[shape.count - 1] : 1)
  }
}
