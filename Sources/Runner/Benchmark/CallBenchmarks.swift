// What does not train is timed call by call: by plugins of its own, whose kernels are timed on one thread.

extension Benchmark {
  /// Times the evaluation by `plugin`, which is for that, in the place of the training plugin's own: of
  /// as many examples as a step has, on all threads, and the kernels of one call.
  ///
  /// - Throws: `Failure` where there is no memory, or the plugin does not evaluate.
  package mutating func evaluate(
    _ plugin: LoadedPlugin, pool: ThreadPool, seconds: Double
  ) throws {
    let description = plugin.description
    let examples = try Examples(madeUpFor: description, count: batch)
    let network = try Network(plugin, host: Host(pool: pool))
    try network.initializeAsTrained()
    let evaluator = try Evaluator(network, for: batch)
    let times = try Self.times(for: seconds / 2) { _ = try evaluator.evaluate(examples, []) }
    evaluationSeconds = times.median ?? 0

    let one = try Examples(madeUpFor: description)
    // What pointers point into has to be there for as long as the calls.
    defer { withExtendedLifetime(one) {} }
    let call = one.batch(from: 0, count: description.batch)
    let none = description.outputs.map { _ in nil as UnsafeMutableRawPointer? }
    let kernels = try Self.kernels(of: plugin, for: seconds / 2) {
      _ = try $0.evaluateOnce(call, outputs: none)
    }
    evaluation = CallKernels(batch: description.batch, kernels: kernels)
  }

  /// Times one example's inference by `plugin`, which is for that, on all threads, and its kernels.
  ///
  /// - Throws: `Failure` where there is no memory, or the plugin does not infer.
  package mutating func infer(
    _ plugin: LoadedPlugin, pool: ThreadPool, seconds: Double
  ) throws {
    let description = plugin.description
    let examples = try Examples(madeUpFor: description)
    let network = try Network(plugin, host: Host(pool: pool))
    try network.initializeAsTrained()
    try network.prepare()
    let outputs = try description.outputs.map {
      try AlignedMemory(byteCount: $0.count * description.elementType.size, purpose: "outputs")
    }
    // What pointers point into has to be there for as long as the calls.
    defer { withExtendedLifetime((examples, outputs)) {} }
    let inputs = examples.batch(from: 0, count: 1).inputs
    let made = outputs.map(\.bytes.baseAddress)
    let times = try Self.times(for: seconds / 2) {
      try network.infer(inputs, isBytes: true, outputs: made)
    }
    inferenceSeconds = times.median ?? 0
    inference = CallKernels(
      batch: 1,
      kernels: try Self.kernels(of: plugin, for: seconds / 2) {
        try $0.infer(inputs, isBytes: true, outputs: made)
      })
  }

  /// The times of a plugin's kernels on one thread, over about `seconds` seconds of `call`.
  private static func kernels(
    of plugin: LoadedPlugin, for seconds: Double, _ call: (Network) throws -> Void
  ) throws -> [KernelTime] {
    let clock = KernelClock(kernels: plugin.description.kernels.count)
    let network = try Network(plugin, host: Host(pool: ThreadPool(threads: 1), clock: clock))
    try network.initializeAsTrained()
    try network.prepare()
    _ = try times(for: seconds) {
      clock.start()
      try call(network)
    }
    return kernels(plugin.description.kernels, clock)
  }
}
