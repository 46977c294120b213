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
  /// Seconds of an evaluation of a batch, likewise.
  package let evaluationSeconds: Double
  /// Seconds of one example's inference, where there is a plugin for it.
  package var inferenceSeconds: Double?

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
    let examples = try BenchmarkExamples(description)
    let plain = try Network(plugin, host: Host(pool: pool))
    plain.regions.initialize(description, seed: 0)
    // So small a step that the weights stay what they are.
    let settings = StepSettings(
      step: 1, seed: 0, hyperparameters: description.hyperparameters(learningRate: 1e-12))
    for _ in 0..<3 { _ = try plain.train(examples.batch, settings) }
    let steps = try times(for: seconds / 2) {
      _ = try plain.train(examples.batch, settings)
    }
    let evaluations = try times(for: seconds / 4) {
      _ = try plain.evaluateOnce(examples.batch, outputs: description.outputs.map { _ in nil })
    }
    let clock = KernelClock(kernels: description.kernels.count)
    let timed = try Network(plugin, host: Host(pool: pool, clock: clock))
    timed.regions.initialize(description, seed: 0)
    _ = try times(for: seconds / 4) {
      clock.start()
      _ = try timed.train(examples.batch, settings)
    }
    return Benchmark(
      model: description.modelName, batch: description.batch, lanes: description.lanes,
      target: description.target, threads: pool.threads, steps: steps.count,
      peaks: peaksBefore.better(try peaks()),
      kernels: kernels(description.kernels, clock), stepSeconds: steps.median ?? 0,
      evaluationSeconds: evaluations.median ?? 0)
  }

  /// The median time of one example's inference by `plugin`, over about `seconds` seconds.
  ///
  /// - Throws: `Failure` where there is no memory, or the plugin does not infer.
  package static func inferenceSeconds(
    _ plugin: LoadedPlugin, pool: ThreadPool, seconds: Double
  ) throws -> Double {
    let description = plugin.description
    let examples = try BenchmarkExamples(description)
    let network = try Network(plugin, host: Host(pool: pool))
    network.regions.initialize(description, seed: 0)
    for tensor in description.savedTensors where tensor.role == .seen {
      let one = try Tensor(shape: [1], values: [1]).converted(to: description.elementType)
      network.regions.bytes(of: tensor).copyMemory(from: one.bytes)
    }
    try network.prepare()
    let outputs = try description.outputs.map {
      try AlignedMemory(byteCount: $0.count * description.elementType.size, purpose: "outputs")
    }
    let times = try times(for: seconds) {
      try network.infer(
        examples.batch.inputs, isBytes: true, outputs: outputs.map(\.bytes.baseAddress))
    }
    return times.median ?? 0
  }

  private static func times(for seconds: Double, _ work: () throws -> Void) rethrows -> [Double] {
    var times: [Double] = []
    let end = ContinuousClock.now + .seconds(seconds)
    while times.count < 5 || .now < end {
      let start = ContinuousClock.now
      try work()
      times.append((.now - start).seconds)
    }
    return times
  }

  private static func kernels(_ kernels: [PluginKernel], _ clock: KernelClock) -> [KernelTime] {
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

/// Made-up examples of the right shape: what they are does not change how long a step takes.
private final class BenchmarkExamples {
  let batch: Batch
  private let inputs, targets: [AlignedMemory]

  init(_ description: PluginDescription) throws {
    var generator = RandomGenerator(seed: 0, purpose: .shuffle, index: 0)
    inputs = try description.inputs.map { input in
      let memory = try AlignedMemory(
        byteCount: description.batch * input.count, purpose: "examples")
      for index in memory.bytes.indices {
        memory.bytes[index] = UInt8(truncatingIfNeeded: generator.next())
      }
      return memory
    }
    targets = try description.targets.map { target in
      let numbers = description.batch * target.count
      let memory = try AlignedMemory(byteCount: numbers * 8, zeroed: true, purpose: "targets")
      if let classes = target.classes {
        let labels = memory.bytes.bindMemory(to: Int32.self)
        for index in 0..<numbers { labels[index] = Int32(index % classes) }
      }
      return memory
    }
    batch = Batch(
      inputs: inputs.map { UnsafeRawPointer($0.bytes.baseAddress) },
      targets: targets.map { UnsafeRawPointer($0.bytes.baseAddress) },
      inputTypes: inputs.map { _ in Int32(BNC_UINT8) }, rows: nil, count: description.batch)
  }
}
