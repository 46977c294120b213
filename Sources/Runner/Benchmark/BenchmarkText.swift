import Diagnostics

extension Benchmark {
  /// The table that `bnc bench` prints.
  package var text: String {
    let operations = kernels.reduce(0) { $0 + $1.operations }
    return """
      \(model): batch \(batch), \(lanes) lanes, \(target), \(threads) threads; medians of \(steps) steps
      peaks, measured now: \(rounded(peaks.multiplyAdds * 1e-9, 1)) GFLOP/s multiply-add, \
      \(rounded(peaks.copy * 1e-9, 1)) GB/s copy

      \(table(kernels, threads: threads))
      training step  \(rounded(stepSeconds * 1e6, 1)) us, \(rounded(trainingRate, 0)) images/s, \
      \(rounded(operations / stepSeconds / peaks.multiplyAdds * 100, 0)) % of the multiply-add peak
      evaluation     \(rounded(evaluationSeconds * 1e6, 1)) us per batch, \(rounded(evaluationRate, 0)) images/s
      \(inferenceSeconds.map { "inference      \(rounded($0 * 1e6, 1)) us per example\n" } ?? "")\
      \(text(evaluation, of: "a call of the evaluation"))\(text(inference, of: "an inference"))
      """
  }

  /// The kernels of a call, which has one thread, where there are any.
  private func text(_ call: CallKernels?, of what: String) -> String {
    guard let call else { return "" }
    return """

      \(what): \(call.batch == 1 ? "one example" : "\(call.batch) examples") on one thread

      \(table(call.kernels, threads: 1))

      """
  }

  /// Kernels that ran on `threads` of the threads that the peaks were measured with.
  private func table(_ kernels: [KernelTime], threads running: Int) -> String {
    let part = Double(running) / Double(threads)
    var table = TextTable(
      .left, .right,
      rows: [["kernel", "time us", "share %", "GFLOP/s", "% peak", "GB/s", "% copy"]])
    for kernel in kernels {
      let compute = kernel.operations / kernel.seconds
      let memory = kernel.bytes / kernel.seconds
      table.append([
        kernel.name, rounded(kernel.seconds * 1e6, 1), rounded(kernel.share * 100, 1),
        rounded(compute * 1e-9, 1), rounded(compute / (peaks.multiplyAdds * part) * 100, 0),
        rounded(memory * 1e-9, 1), rounded(memory / (peaks.copy * part) * 100, 0),
      ])
    }
    return table.text
  }

  /// A number of a table; nothing was measured where it is not finite.
  private func rounded(_ value: Double, _ decimals: Int) -> String {
    value.isFinite ? fixed(value, decimals: decimals) : "-"
  }
}
