import Diagnostics
import PluginABI

/// How fast a network's kernels are.
package struct Benchmark: Sendable, Encodable {
  package let model: String
  /// Examples per step.
  package let batch: Int
  /// Examples per vector.
  package let lanes: Int
  /// The compiler's name for the processor.
  package let target: String
  /// How many threads worked.
  package let threads: Int
  /// How many steps were timed.
  package let steps: Int
  /// What the machine can do at most.
  package let peaks: Peaks
  /// The kernels that ran, in order.
  package let kernels: [KernelTime]
  /// Seconds of a training step: the median of whole steps, timed apart from the kernels.
  package let stepSeconds: Double
  /// Seconds of an evaluation of a batch, likewise: by the plugin for it, where there is one.
  package var evaluationSeconds: Double
  /// The kernels of one call of the plugin for evaluation, where there is one.
  package var evaluation: CallKernels?
  /// Seconds of one example's inference, where there is a plugin for it.
  package var inferenceSeconds: Double?
  /// The kernels of that.
  package var inference: CallKernels?

  /// The kernels of one call, each timed by itself on one thread.
  package struct CallKernels: Sendable, Encodable {
    /// Examples of a call.
    package let batch: Int
    /// The kernels, in order.
    package let kernels: [KernelTime]
  }

  /// One kernel's time.
  package struct KernelTime: Sendable, Encodable {
    /// The C function.
    package let name: String
    /// The median of its times.
    package let seconds: Double
    /// Its part of all kernels' time.
    package let share: Double
    /// Multiplications and additions of a full batch.
    package let operations: Double
    /// Bytes read and written at least.
    package let bytes: Double
  }

  /// Examples per second, training.
  package var trainingRate: Double { Double(batch) / stepSeconds }
  /// Examples per second, evaluating.
  package var evaluationRate: Double { Double(batch) / evaluationSeconds }

  /// Times `plugin` on made-up examples for about `seconds` seconds.
  ///
  /// `peaks` measures the machine, once before and once after, and the better counts: a peak
  /// measured while the machine was busy is too low, and kernels would look faster than the
  /// machine.
  ///
  /// - Throws: `Failure` where there is no memory, or the plugin cannot train; what `peaks` throws.
  package static func run(
    _ plugin: LoadedPlugin, pool: ThreadPool, peaks: () throws -> Peaks, seconds: Double
  ) throws -> Benchmark {
    let peaksBefore = try peaks()
    let description = plugin.description
    let examples = try Examples(madeUpFor: description)
    // What pointers point into has to be there for as long as the calls.
    defer { withExtendedLifetime(examples) {} }
    let batch = examples.batch(from: 0, count: description.batch)
    let plain = try Network(plugin, host: Host(pool: pool))
    plain.regions.initialize(description, seed: 0)
    // So small a step that the weights stay what they are.
    let settings = StepSettings(
      step: 1, seed: 0, hyperparameters: description.hyperparameters(learningRate: 1e-12))
    for _ in 0..<3 { _ = try plain.train(batch, settings) }
    let steps = try times(for: seconds / 2) {
      _ = try plain.train(batch, settings)
    }
    let evaluations = try times(for: seconds / 4) {
      _ = try plain.evaluateOnce(batch, outputs: description.outputs.map { _ in nil })
    }
    let clock = KernelClock(kernels: description.kernels.count)
    let timed = try Network(plugin, host: Host(pool: pool, clock: clock))
    timed.regions.initialize(description, seed: 0)
    _ = try times(for: seconds / 4) {
      clock.start()
      _ = try timed.train(batch, settings)
    }
    return Benchmark(
      model: description.modelName, batch: description.batch, lanes: description.lanes,
      target: description.target, threads: pool.threads, steps: steps.count,
      peaks: peaksBefore.better(try peaks()),
      kernels: kernels(description.kernels, clock), stepSeconds: steps.median ?? 0,
      evaluationSeconds: evaluations.median ?? 0)
  }

  static func times(for seconds: Double, _ work: () throws -> Void) rethrows -> [Double] {
    var times: [Double] = []
    let end = ContinuousClock.now + .seconds(seconds)
    while times.count < 5 || .now < end {
      let start = ContinuousClock.now
      try work()
      times.append((.now - start).seconds)
    }
    return times
  }

  static func kernels(_ kernels: [PluginKernel], _ clock: KernelClock) -> [KernelTime] {
    let medians = kernels.indices.map(clock.median(of:))
    let total = medians.reduce(0) { $0 + ($1 ?? 0) }
    return zip(kernels, medians).compactMap { kernel, median in
      median.map {
        KernelTime(
          name: kernel.name, seconds: $0, share: $0 / total, operations: kernel.operations,
          bytes: kernel.bytes)
      }
    }
  }
}
