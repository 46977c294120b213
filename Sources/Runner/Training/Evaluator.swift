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
struct Evaluator {
  private let network: Network
  /// Of each output those of a batch.
  private let outputs: [AlignedMemory]
  private let description: PluginDescription

  init(_ network: Network) throws {
    self.network = network
    let description = network.plugin.description
    self.description = description
    outputs = try description.outputs.map { output in
      try AlignedMemory(
        byteCount: description.batch * output.count * description.elementType.size,
        purpose: "outputs")
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
    var loss = 0.0
    var parts = [Double](repeating: 0, count: description.losses.count)
    var collectors = description.judgements.map {
      MetricCollector(metrics, for: $0, of: description)
    }
    for start in stride(from: 0, to: examples.count, by: description.batch) {
      let count = min(description.batch, examples.count - start)
      let pass = try network.evaluate(
        examples.batch(from: start, count: count), outputs: outputs.map(\.bytes.baseAddress))
      if let place = pass.notFinite { return .notFinite(place) }
      loss += pass.loss
      for index in parts.indices { parts[index] += pass.parts[index] }
      for (index, judgement) in description.judgements.enumerated() where collectors[index].isUsed {
        for example in 0..<count {
          add(example, of: examples, at: start, judgement, to: &collectors[index])
        }
      }
      if stop.signal != nil { return .stopped }
    }
    return .done(
      Evaluation(
        loss: loss / Double(examples.count), parts: parts.map { $0 / Double(examples.count) },
        metrics: MetricResults(collectors.flatMap(\.results.all))))
  }

  /// Adds example `example` of the batch that begins at `start`: of classes each position by
  /// itself, where it counts.
  private func add(
    _ example: Int, of examples: Examples, at start: Int, _ judgement: Judgement,
    to collector: inout MetricCollector
  ) {
    let numbers = numbers(of: example, output: judgement.output)
    let target = description.targets[judgement.target]
    guard target.classes != nil else {
      collector.add(
        outputs: numbers,
        targets: examples.targetValues(start + example, target: judgement.target))
      return
    }
    for position in 0..<target.count {
      let label = examples.targetClass(
        start + example, position: position, target: judgement.target)
      if label == target.ignored { continue }
      let scores =
        target.count == 1
        ? numbers
        : stride(from: position, to: numbers.count, by: target.count).map { numbers[$0] }
      collector.add(scores: scores, label: label)
    }
  }

  /// What the network made of an example of the batch.
  private func numbers(of example: Int, output: Int) -> [Double] {
    let width = description.outputs[output].count
    let range = example * width..<(example + 1) * width
    let bytes = outputs[output].bytes
    return description.elementType == .float64
      ? Array(bytes.bindMemory(to: Double.self)[range])
      : bytes.bindMemory(to: Float.self)[range].map(Double.init)
  }

  /// Of each output that of all examples, [count] + its shape.
  func outputs(of examples: Examples) throws -> [Tensor] {
    let sizes = description.outputs.map { $0.count * description.elementType.size }
    let memories = try sizes.map {
      try AlignedMemory(byteCount: examples.count * $0, purpose: "outputs")
    }
    for start in stride(from: 0, to: examples.count, by: description.batch) {
      let count = min(description.batch, examples.count - start)
      let rows = zip(memories, sizes).map { memory, size in
        memory.bytes.baseAddress.map { $0 + start * size }
      }
      _ = try network.evaluate(examples.batch(from: start, count: count), outputs: rows)
    }
    return zip(memories, description.outputs).map { memory, output in
      Tensor(
        shape: [examples.count] + output.shape, type: description.elementType, memory: memory)
    }
  }
}
