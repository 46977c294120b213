/// How many sums one pass of a kernel's inner loop keeps in registers: `rows` of one operand times
/// `columns` of the other.
package struct RegisterTile: Hashable, Sendable {
  /// Sums along the operand whose numbers are broadcast: output channels, features.
  package var rows: Partition
  /// Sums along the operand that is loaded as vectors: image columns, blocks of the batch, taps.
  package var columns: Partition

  /// A tile that is known to fit.
  package init(rows: Partition, columns: Partition) {
    self.rows = rows
    self.columns = columns
  }

  /// The tile that does the work of `rows` x `columns` sums in the least time.
  ///
  /// The search tries every pair of limits whose sums and operands fit into the registers, and
  /// counts, in multiply-adds: the multiply-adds themselves, stretched where there are too few
  /// independent sums to hide their latency; the loads, of which two cost about one multiply-add;
  /// and the end of each tile, where the sums are stored. `depth` is the length of the inner loop.
  ///
  /// - Parameters:
  ///   - unit: Column limits are multiples of this (a stride).
  ///   - reuse: How many multiply-adds a loaded column serves in each row.
  ///   - holdsColumns: Whether the inner loop goes row by row, so that the columns stay in
  ///     registers
  ///     from row to row; else it goes column by column and the rows stay.
  package static func search(
    rows: Int, columns: Int, depth: Int, registers: Int, unit: Int = 1, reuse: Int = 1,
    holdsColumns: Bool = false
  ) -> RegisterTile {
    // Where a unit alone is more than the registers hold, that has to do.
    var best = RegisterTile(
      rows: Partition(rows, limit: 1), columns: Partition(units: columns, limit: 1, unit: unit))
    var bestCost = Double.infinity
    for rowLimit in 1...max(1, min(rows, registers)) {
      for columnUnits in 1...max(1, registers / unit) {
        let columnLimit = columnUnits * unit
        guard columnLimit <= max(columns, unit) + unit - 1 else { break }
        let rowCut = Partition(rows, limit: rowLimit)
        let columnCut =
          unit == 1
          ? Partition(columns, limit: columnLimit)
          : Partition(units: columns, limit: columnUnits, unit: unit)
        let sums = rowCut.largest * columnCut.largest
        let held = holdsColumns ? columnCut.largest : rowCut.largest
        let taps = reuse / unit
        guard fits(sums: sums, held: held, registers: registers, taps: taps) else { continue }
        let cost = Self.cost(rowCut, columnCut, depth: depth, reuse: reuse)
        if cost < bestCost {
          bestCost = cost
          best = RegisterTile(rows: rowCut, columns: columnCut)
        }
      }
    }
    return best
  }

  /// Whether clang and gcc keep a tile in registers. Beside the sums live what is held of one
  /// operand and what is loaded of the other. The limits were measured with clang 14, clang 21 and
  /// gcc 12 for 16 and for 32 registers: 3 (held) x 4 and 4 x 5 run at the multiply-add peak in every
  /// process; 4 x 3 of 16 and 5 x 5 of 32 spill.
  ///
  /// Where a loaded column serves several taps, clang keeps all that these share, and of 16 registers
  /// 12 sums spill: on a Zen 3 a convolution of 3 x 3 and of 5 x 5 taps runs at 40 to 48 % of the peak
  /// with 3 x 4 and 2 x 6 sums, at 66 to 81 % with 2 x 4, 4 x 2 and 5 x 2.
  private static func fits(sums: Int, held: Int, registers: Int, taps: Int) -> Bool {
    let most = taps > 1 ? min(registers / 2 + 4, registers - 6) : registers / 2 + 4
    return sums <= most && sums + held < registers
  }

  /// Sums that must be independent for the multiply-adds to follow each other without a pause: a
  /// latency of four cycles times two per cycle.
  package static let independentSums = 8

  /// Whether the sums are enough for the multiply-adds to follow each other without a pause.
  package var hidesLatency: Bool {
    Double(rows.largest * columns.largest) >= Double(Self.independentSums)
  }

  private static func cost(_ rows: Partition, _ columns: Partition, depth: Int, reuse: Int)
    -> Double
  {
    var total = 0.0
    for row in rows.sizeCounts {
      for column in columns.sizeCounts {
        let sums = Double(row.size * column.size)
        let work = max(sums, Double(independentSums))
        let loads = Double(row.size + column.size)
        let tile = Double(depth * reuse) * (work + loads / 2) + sums * 4 + 8
        total += tile * Double(row.count * column.count)
      }
    }
    return total
  }
}

extension Partition {
  /// A length cut at multiples of `unit`: `limit` units a piece at most; only the last piece may
  /// hold a part of a unit, and it is then no larger than the others.
  package init(units length: Int, limit: Int, unit: Int) {
    let whole = (length + unit - 1) / unit
    let cut = Partition(whole, limit: limit)
    // Pieces of unequal unit counts would start at different residues only in their loops' text;
    // one size for all, the last clipped, keeps that text short.
    self.init(count: (whole + cut.largest - 1) / cut.largest, width: cut.largest * unit, wide: 0)
  }

  package init(count: Int, width: Int, wide: Int) {
    self.count = count
    self.width = width
    self.wide = wide
  }
}
