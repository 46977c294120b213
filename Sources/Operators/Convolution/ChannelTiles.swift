import Lowering

// What convolutions of every kind do with tiles of vectors of output channels.

extension RegisterTile {
  /// What a task makes, some rows of one tile, in words; nil where one makes all.
  func taskText(rows: Partition) -> String? {
    let parts = [
      rows.count > 1 ? "\(rows.sizeText) \(rows.largest > 1 ? "rows" : "row")" : nil,
      self.rows.count > 1 ? "\(self.rows.sizeText) vectors of channels" : nil,
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " of ")
  }

  /// Where number `k` of the `depth` numbers of an output's weight lies in `[tile][k][vectors of the tile]`.
  func place(of k: Int, of depth: Int, output: Int, lanes: Int) -> Int {
    let (vector, lane) = output.quotientAndRemainder(dividingBy: lanes)
    let piece = rows.piece(of: vector)
    return (piece.start * depth + k * piece.size + vector - piece.start) * lanes + lane
  }
}

extension ChannelLayout {
  /// How far rows and positions of x and positions of y lie apart: the last sizes of a convolution.
  static func distances(
    from input: ChannelLayout, to output: ChannelLayout, lanes: Int
  ) -> [(String, Int)] {
    [("XR", input.row), ("XS", input.stride), ("YS", output.stride / lanes)]
  }
}
