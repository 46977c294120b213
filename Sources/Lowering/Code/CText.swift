import IR

/// How things are written in C.
package enum CText {
  /// A number of type `real`: the shortest decimal that reads back as the same double.
  package static func real(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e6 ? "\(Int(value))" : "(real)\(double(value))"
  }

  /// A double.
  package static func double(_ value: Double) -> String { "\(value)" }

  /// A list between commas.
  package static func list(_ values: [Int]) -> String {
    values.map(String.init).joined(separator: ", ")
  }

  /// A shape as comments show it.
  package static func shape(_ dimensions: [Int]) -> String { "[" + list(dimensions) + "]" }

  /// A call, as a statement.
  package static func call(_ function: String, _ arguments: [String]) -> String {
    "\(function)(\(arguments.joined(separator: ", ")));"
  }

  /// `enum` members: `CI = 20, H = 13`.
  package static func dimensions(_ members: [(String, Int)]) -> String {
    members.map { "\($0.0) = \($0.1)" }.joined(separator: ", ")
  }
}

extension Cut {
  /// Where piece `index` begins, as C.
  package func start(_ index: String) -> String {
    let base = width == 1 ? index : "\(index) * \(width)"
    return wide == 0 ? base : "\(base) + (\(index) < \(wide) ? \(index) : \(wide))"
  }

  /// How large piece `index` is, as C.
  package func size(_ index: String) -> String {
    wide == 0 ? "\(width)" : "(\(index) < \(wide) ? \(width + 1) : \(width))"
  }

  /// The sizes that occur, in words.
  package var sizeText: String { wide == 0 ? "\(width)" : "\(width + 1) or \(width)" }
}

/// One size of a tile, and for which tiles it holds.
package struct TileRun: Sendable {
  /// C that says whether a tile has this size; nil if all have.
  package var condition: String?
  package var channels: Int

  package static func runs(_ cut: Cut, index: String) -> [TileRun] {
    guard cut.wide > 0 else { return [TileRun(condition: nil, channels: cut.width)] }
    return [
      TileRun(condition: "\(index) < \(cut.wide)", channels: cut.width + 1),
      TileRun(condition: "\(index) >= \(cut.wide)", channels: cut.width),
    ]
  }
}

/// Tiles of one width next to each other: a loop, or one call.
package struct ColumnRun: Sendable {
  package var loop: Bool
  package var first: Int
  package var end: Int
  package var width: Int
  /// 1 where a tile may reach past the image.
  package var edge: Int

  /// The tiles of `cut` over `length` columns, neighbours of one kind joined into loops. Tiles at an
  /// edge stay single calls, so that the compiler knows their column and drops what lies outside.
  package static func runs(
    _ cut: Cut, length: Int, isEdge: (Int, Int) -> Bool = { _, _ in false }
  ) -> [ColumnRun] {
    var runs: [ColumnRun] = []
    var start = 0
    for piece in 0..<cut.count {
      let width = min(piece < cut.wide ? cut.width + 1 : cut.width, length - start)
      let edge = isEdge(start, width)
      if let last = runs.last, last.width == width, last.edge == 0, !edge {
        runs[runs.count - 1].end = start + width
        runs[runs.count - 1].loop = true
      } else {
        runs.append(
          ColumnRun(
            loop: false, first: start, end: start + width, width: width,
            edge: edge ? 1 : 0))
      }
      start += width
    }
    return runs
  }
}
