extension Bench {
  /// The table that `bnc bench` prints.
  package var text: String {
    var cells = [["kernel", "time us", "share %", "GFLOP/s", "% peak", "GB/s", "% copy"]]
    for kernel in kernels {
      let compute = kernel.operations / kernel.seconds
      let memory = kernel.bytes / kernel.seconds
      cells.append([
        kernel.name, fixed(kernel.seconds * 1e6, 1), fixed(kernel.share * 100, 1),
        fixed(compute * 1e-9, 1), fixed(compute / peaks.multiplyAdds * 100, 0),
        fixed(memory * 1e-9, 1), fixed(memory / peaks.copy * 100, 0),
      ])
    }
    let operations = kernels.reduce(0) { $0 + $1.operations }
    return """
      \(model): batch \(batch), \(lanes) lanes, \(target), \(threads) threads; medians of \(steps) steps
      peaks, measured now: \(fixed(peaks.multiplyAdds * 1e-9, 1)) GFLOP/s multiply-add, \
      \(fixed(peaks.copy * 1e-9, 1)) GB/s copy

      \(table(cells))
      training step  \(fixed(stepSeconds * 1e6, 1)) us, \(fixed(trainingRate, 0)) images/s, \
      \(fixed(operations / stepSeconds / peaks.multiplyAdds * 100, 0)) % of the multiply-add peak
      evaluation     \(fixed(evaluationSeconds * 1e6, 1)) us a batch, \(fixed(evaluationRate, 0)) images/s
      \(inferenceSeconds.map { "inference      \(fixed($0 * 1e6, 1)) us an example\n" } ?? "")
      """
  }

  /// Words to the left, numbers to the right.
  private func table(_ cells: [[String]]) -> String {
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + space : space + cell.0
      }.joined(separator: "  ") + "\n"
    }.joined()
  }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "-" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value * scale).rounded()
    guard abs(scaled) < 1e15 else { return "\(value)" }
    let whole = "\(Int(abs(scaled)))"
    let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
    let sign = scaled < 0 ? "-" : ""
    return digits == 0
      ? sign + padded : sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }
}
