import Diagnostics
import PluginABI

/// How fast several processes train a network together, and what they exchange for it.
package struct ProcessBenchmark: Sendable, Encodable {
  package let model: String
  /// Examples per step, of all processes.
  package let batch: Int
  package let processes: Int
  /// How many threads each of them has.
  package let threads: Int
  /// The compiler's name for the processor.
  package let target: String
  /// How many steps were timed.
  package let steps: Int
  /// Seconds of a training step: the median, as the first process sees it.
  package let stepSeconds: Double
  /// Sums over the processes in a step.
  package let sums: Double
  /// Bytes that a process sends to others in a step: the largest of all.
  package let bytes: Double
  /// Bytes of the gradients of a step.
  package let gradientBytes: Int
  /// Seconds of a step that a process waits for others and their numbers: the mean of all.
  package let waitingSeconds: Double

  /// Examples per second.
  package var rate: Double { Double(batch) / stepSeconds }

  /// Times `plugin`, which was compiled for as many processes, on made-up examples for about `seconds`
  /// seconds; every process calls it.
  package static func run(
    _ plugin: LoadedPlugin, among processes: MPIProcesses, host: Host, seconds: Double
  ) throws -> ProcessBenchmark {
    let description = plugin.description
    let examples = try Examples(madeUpFor: description)
    defer { withExtendedLifetime(examples) {} }
    let share = BatchShare(
      of: processes.rank, among: processes.count, examples: description.wholeBatch,
      mirrors: description.sharesMirror)
    let batch = examples.batch(from: 0, count: share.count)
    let network = try Network(plugin, host: host)
    network.regions.initialize(description, seed: 0)
    // So small a step that the weights stay what they are.
    var settings = StepSettings(
      step: 1, seed: 0, hyperparameters: description.hyperparameters(learningRate: 1e-12))
    (settings.whole, settings.first) = (description.wholeBatch, share.first)
    settings.examples = description.wholeBatch
    for _ in 0..<3 { _ = try network.train(batch, settings) }
    let before = processes.traffic
    var times: [Double] = []
    var asked = 0
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
      for _ in 0..<5 {
        let start = ContinuousClock.now
        _ = try network.train(batch, settings)
        times.append((.now - start).seconds)
      }
      asked += 1
      // All go on as long as the first one does.
    } while processes.gather([ContinuousClock.now < end]).first == true
    let after = processes.traffic
    let count = Double(times.count)
    let sent = Double(after.bytes - before.bytes - asked * (processes.count - 1)) / count
    let waited = (after.seconds - before.seconds) / count
    let all = processes.gather([sent, waited])
    let waits = stride(from: 1, to: all.count, by: 2).map { all[$0] }
    return ProcessBenchmark(
      model: description.modelName, batch: description.wholeBatch, processes: processes.count,
      threads: host.pool.threads, target: description.target, steps: times.count,
      stepSeconds: times.median ?? 0,
      sums: Double(after.messages - before.messages - asked) / count,
      bytes: stride(from: 0, to: all.count, by: 2).map { all[$0] }.max() ?? 0,
      gradientBytes: description.parametersSize,
      waitingSeconds: waits.reduce(0, +) / Double(waits.count))
  }

  /// What `bnc bench` prints.
  package var text: String {
    """
    \(model): batch \(batch) across \(processes) processes, \(target), \(threads) \
    \(threads == 1 ? "thread" : "threads") each; median of \(steps) steps
    training step  \(fixed(stepSeconds * 1e6, decimals: 1)) us, \(fixed(rate, decimals: 0)) images/s
    between them   \(fixed(sums, decimals: 0)) sums a step, \(fixed(bytes / 1024, decimals: 1)) KB sent by \
    a process, \(fixed(waitingSeconds * 1e6, decimals: 1)) us waited (\
    \(fixed(waitingSeconds / stepSeconds * 100, decimals: 0)) %)

    """
  }
}
