/// Tiles where channels are in the lanes: rows are vectors of output channels, columns those of a
/// row of positions.
extension RegisterTile {
  /// The tile that takes the least time for `vectors` x `columns` sums over `depth` numbers each.
  ///
  /// The search counts cycles: two multiply-adds or two loads in one, whichever take longer.
  /// Numbers of x lie far from each other, and the more columns, the more their loads are in each
  /// other's way: measured for 8 columns of 20 channels, tiles of 7 x 3 and 4 x 4 ran at the
  /// multiply-add peak, 3 x 8 at 86 % and 1 x 8 at 76 % of it, for which the cost grows with the
  /// columns' square. That the weight comes from the second-level cache did not show.
  package static func searchChannels(
    vectors: Int, columns: Int, depth: Int, registers: Int
  ) -> RegisterTile {
    var best = RegisterTile(
      rows: Partition(vectors, limit: 1), columns: Partition(columns, limit: 1))
    var bestCost = Double.infinity
    for vectorLimit in 1...min(vectors, registers) {
      for columnLimit in 1...min(columns, registers) {
        let tile = RegisterTile(
          rows: Partition(vectors, limit: vectorLimit),
          columns: Partition(columns, limit: columnLimit))
        guard tile.fitsChannels(registers) else { continue }
        let cost = tile.channelCost(depth: depth)
        if cost < bestCost { (best, bestCost) = (tile, cost) }
      }
    }
    return best
  }

  /// Whether compilers keep a tile in registers: beside the sums live the weight's vectors, and one
  /// number of x in all lanes.
  package func fitsChannels(_ registers: Int) -> Bool {
    rows.largest * columns.largest + rows.largest + 1 <= registers
  }

  private static let cyclesPerColumnPair = 0.03

  private func channelCost(depth: Int) -> Double {
    var total = 0.0
    for vector in rows.sizeCounts {
      for column in columns.sizeCounts {
        let sums = vector.size * column.size
        let work = Double(max(sums, Self.independentSums)) / 2
        let loads = Double(vector.size + column.size) / 2
        let step = max(work, loads) + Double(column.size * column.size) * Self.cyclesPerColumnPair
        let cycles = Double(depth) * step + Double(sums) + 8
        total += cycles * Double(vector.count * column.count)
      }
    }
    return total
  }
}
