import Diagnostics

extension Benchmark {
  /// The table that `bnc bench` prints.
  package var text: String {
    var table = TextTable(
      .left, .right,
      rows: [["kernel", "time us", "share %", "GFLOP/s", "% peak", "GB/s", "% copy"]])
    for kernel in kernels {
      let compute = kernel.operations / kernel.seconds
      let memory = kernel.bytes / kernel.seconds
      table.append([
        kernel.name, rounded(kernel.seconds * 1e6, 1), rounded(kernel.share * 100, 1),
        rounded(compute * 1e-9, 1), rounded(compute / peaks.multiplyAdds * 100, 0),
        rounded(memory * 1e-9, 1), rounded(memory / peaks.copy * 100, 0),
      ])
    }
    let operations = kernels.reduce(0) { $0 + $1.operations }
    return """
      \(model): batch \(batch), \(lanes) lanes, \(target), \(threads) threads; medians of \(steps) steps
      peaks, measured now: \(rounded(peaks.multiplyAdds * 1e-9, 1)) GFLOP/s multiply-add, \
      \(rounded(peaks.copy * 1e-9, 1)) GB/s copy

      \(table.text)
      training step  \(rounded(stepSeconds * 1e6, 1)) us, \(rounded(trainingRate, 0)) images/s, \
      \(rounded(operations / stepSeconds / peaks.multiplyAdds * 100, 0)) % of the multiply-add peak
      evaluation     \(rounded(evaluationSeconds * 1e6, 1)) us per batch, \(rounded(evaluationRate, 0)) images/s
      \(inferenceSeconds.map { "inference      \(rounded($0 * 1e6, 1)) us per example\n" } ?? "")
      """
  }

  /// A number of a table; nothing was measured where it is not finite.
  private func rounded(_ value: Double, _ decimals: Int) -> String {
    value.isFinite ? fixed(value, decimals: decimals) : "-"
  }
}
