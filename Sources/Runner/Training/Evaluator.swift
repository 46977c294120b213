import Diagnostics

/// What a network makes of a set of examples.
package struct Evaluation: Hashable, Sendable {
  /// The loss's mean over the examples.
  package var loss: Double
  /// Of each of the network's losses its part of that.
  package var parts: [Double]
  /// What the metrics came to that were asked for.
  package var metrics: MetricResults

  package init(loss: Double, parts: [Double] = [], metrics: MetricResults = MetricResults()) {
    self.loss = loss
    self.parts = parts
    self.metrics = metrics
  }

  /// The metrics beside the accuracy, which has a place of its own in a report.
  package var extraMetrics: MetricResults {
    var rest = metrics.all
    if let accuracy = rest.firstIndex(where: { $0.metric == .accuracy }) {
      rest.remove(at: accuracy)
    }
    return MetricResults(rest)
  }

  /// The share of examples taken for what they are, of the first target of classes, or nil where
  /// that was not asked for.
  package var accuracy: Double? { metrics[.accuracy]?.number }

  /// How often each class was taken for each other one, or nil where that was not asked for.
  package var confusion: ConfusionMatrix? {
    if case .matrix(let matrix)? = metrics[.confusion]?.value {
      matrix
    } else {
      nil
    }
  }
}

/// Runs examples through a network with its running statistics.
///
/// A plugin for evaluation has its weights prepared here: whoever changes them makes an evaluator
/// anew. Its batches know nothing of each other and are small, so that what a layer leaves is in the
/// cache for the next one; as many of them run at a time as there are threads.
struct Evaluator {
  private let network: Network
  /// Each runs one batch at a time.
  private let workers: [EvaluationWorker]
  private let description: PluginDescription
  /// Where several evaluate, each runs one batch at a time.
  private let processes: (any ProcessGroup)?

  /// - Parameter examples: How many examples are to be evaluated, where that is known: no more room
  ///   is made than they need.
  /// - Parameter processes: Those that evaluate together, each of which calls alike; nil for this one
  ///   alone.
  init(
    _ network: Network, for examples: Int? = nil, among processes: (any ProcessGroup)? = nil
  ) throws {
    self.network = network
    self.processes = processes
    let description = network.plugin.description
    self.description = description
    let first = try EvaluationWorker(network)
    guard description.preparesEvaluation else {
      workers = [first]
      return
    }
    try network.prepare()
    let batches = examples.map { ($0 + description.batch - 1) / description.batch } ?? Int.max
    workers =
      try [first]
      + (1..<max(1, min(network.pool.threads, batches))).map { _ in
        try EvaluationWorker(Network(sharing: network))
      }
  }

  /// How an evaluation ended.
  enum Result {
    case done(Evaluation)
    case stopped
    case notFinite(Network.NotFinite)
  }

  /// Evaluates all examples, unless `stop` asks for the end.
  func evaluate(
    _ examples: Examples, _ metrics: [Metric], stop: StopSignal = .never
  ) throws -> Result {
    var losses = MeanLosses(of: description.losses.count)
    var collectors = description.judgements.map {
      MetricCollector(metrics, for: $0, of: description)
    }
    var end: Result?
    let isStopped = try eachBatch(
      of: examples, stop: stop, withOutputs: collectors.contains(where: \.isUsed)
    ) { start, count, pass, outputs in
      if let place = pass.notFinite {
        end = .notFinite(place)
        return false
      }
      losses.add(pass, of: count)
      for (index, judgement) in description.judgements.enumerated() where collectors[index].isUsed {
        for example in 0..<count {
          let numbers = numbers(of: example, output: judgement.output, in: outputs)
          add(numbers, of: start + example, in: examples, judgement, to: &collectors[index])
        }
      }
      return true
    }
    return end
      ?? (isStopped ? .stopped : nil)
      ?? .done(
        Evaluation(
          loss: losses.whole, parts: losses.parts,
          metrics: MetricResults(collectors.flatMap(\.results.all))))
  }

  /// Runs the batches of `examples`, as many at a time as there are workers or processes, and hands on
  /// in order where each begins, how many examples it has, what it came to and the outputs, until
  /// `body` has seen enough and returns false.
  ///
  /// - Returns: Whether it ended because `stop` asked for it.
  @discardableResult
  private func eachBatch(
    of examples: Examples, stop: StopSignal = .never, withOutputs: Bool = true,
    _ body: (Int, Int, Network.Pass, [UnsafeMutableRawBufferPointer]) throws -> Bool
  ) throws -> Bool {
    let starts = Array(stride(from: 0, to: examples.count, by: description.batch))
    func count(from start: Int) -> Int { min(description.batch, examples.count - start) }
    let width = processes?.count ?? workers.count
    let gathered = try processes.map {
      try GatheredBatches($0, description, withOutputs: withOutputs)
    }
    for first in stride(from: 0, to: starts.count, by: width) {
      let round = starts[first..<min(first + width, starts.count)]
      let batches = round.map { examples.batch(from: $0, count: count(from: $0)) }
      for (start, result) in zip(round, try results(of: batches, gathered)) {
        guard try body(start, count(from: start), result.pass, result.outputs) else {
          return false
        }
        if processes == nil, stop.signal != nil { return true }
      }
      if let processes, processes.agree(on: stop.signal) != nil { return true }
    }
    return false
  }

  /// What `batches` come to: of each worker one, or of each process one.
  private func results(
    of batches: [Batch], _ gathered: GatheredBatches?
  ) throws -> [BatchResult] {
    if let gathered, let rank = processes?.rank {
      let own = batches.indices.contains(rank) ? batches[rank] : nil
      workers[0].batch = own
      workers[0].run()
      return gathered.gather(
        try own.map { _ in try workers[0].pass() }, outputs: workers[0].outputs)
    }
    for (worker, batch) in zip(workers, batches) { worker.batch = batch }
    if batches.count == 1 {
      // Alone, a batch has all threads.
      workers[0].run()
    } else {
      let workers = workers
      network.pool.forEach(batches.count) { workers[$0].run() }
    }
    return try workers.prefix(batches.count).map {
      BatchResult(pass: try $0.pass(), outputs: $0.outputs.map(\.bytes))
    }
  }

  /// Adds what the network made of example `example`: of classes each position by itself, where it
  /// counts.
  private func add(
    _ numbers: [Double], of example: Int, in examples: Examples, _ judgement: Judgement,
    to collector: inout MetricCollector
  ) {
    let target = description.targets[judgement.target]
    guard target.classes != nil else {
      collector.add(
        outputs: numbers,
        targets: examples.targetValues(example, target: judgement.target))
      return
    }
    for position in 0..<target.count {
      let label = examples.targetClass(example, position: position, target: judgement.target)
      if label == target.ignored { continue }
      let scores =
        target.count == 1
        ? numbers
        : stride(from: position, to: numbers.count, by: target.count).map { numbers[$0] }
      collector.add(scores: scores, label: label)
    }
  }

  /// What the network made of an example of the batch.
  private func numbers(
    of example: Int, output: Int, in outputs: [UnsafeMutableRawBufferPointer]
  ) -> [Double] {
    let width = description.outputs[output].count
    let range = example * width..<(example + 1) * width
    let bytes = outputs[output]
    return description.elementType == .float64
      ? Array(bytes.bindMemory(to: Double.self)[range])
      : bytes.bindMemory(to: Float.self)[range].map(Double.init)
  }

  /// Of each output that of all examples, [count] + its shape.
  ///
  /// - Throws: a failure that names the first example with an output that is not finite, and where that
  ///   shows.
  func outputs(of examples: Examples) throws -> [Tensor] {
    let sizes = description.outputs.map { $0.count * description.elementType.size }
    let memories = try sizes.map {
      try AlignedMemory(byteCount: examples.count * $0, purpose: "outputs")
    }
    try eachBatch(of: examples) { start, count, pass, outputs in
      if let place = pass.notFinite ?? pass.notFiniteOutput {
        let example = (0..<count).first { example in
          description.outputs.indices.contains {
            !numbers(of: example, output: $0, in: outputs).allSatisfy(\.isFinite)
          }
        }
        let what = example.map { "outputs of example \(start + $0)" } ?? "outputs"
        throw Failure("the \(what) are not finite\(place.words)")
      }
      for (index, memory) in memories.enumerated() {
        let size = sizes[index]
        UnsafeMutableRawBufferPointer(rebasing: memory.bytes[start * size..<(start + count) * size])
          .copyMemory(
            from: UnsafeRawBufferPointer(rebasing: outputs[index][..<(count * size)]))
      }
      return true
    }
    return zip(memories, description.outputs).map { memory, output in
      Tensor(
        shape: [examples.count] + output.shape, type: description.elementType, memory: memory)
    }
  }
}
