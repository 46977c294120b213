import Diagnostics

/// What a network makes of a set of examples.
package struct Evaluation: Hashable, Sendable {
  /// The loss's mean over the examples.
  package var loss: Double
  /// What the metrics came to that were asked for.
  package var metrics: MetricResults

  package init(loss: Double, metrics: MetricResults = MetricResults()) {
    self.loss = loss
    self.metrics = metrics
  }

  /// The metrics beside the accuracy, which has a place of its own in a report.
  package var extraMetrics: MetricResults {
    MetricResults(metrics.all.filter { $0.metric != .accuracy })
  }

  /// The share of examples taken for what they are, or nil where that was not asked for.
  package var accuracy: Double? { metrics[.accuracy]?.number }

  /// How often each class was taken for each other one, or nil where that was not asked for.
  package var confusion: ConfusionMatrix? {
    if case .matrix(let matrix)? = metrics[.confusion]?.value { matrix } else { nil }
  }
}

/// Runs examples through a network with its running statistics.
struct Evaluator {
  private let network: Network
  private let outputs: AlignedMemory
  private let description: PluginDescription

  init(_ network: Network) throws {
    self.network = network
    description = network.plugin.description
    outputs = try AlignedMemory(
      byteCount: description.batch * description.outputCount * description.elementType.size,
      purpose: "outputs")
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
    var collector = MetricCollector(metrics, for: description)
    for start in stride(from: 0, to: examples.count, by: description.batch) {
      let count = min(description.batch, examples.count - start)
      let pass = try network.evaluate(
        examples.batch(from: start, count: count), outputs: outputs.bytes.baseAddress)
      if let place = pass.notFinite { return .notFinite(place) }
      loss += pass.loss
      if !metrics.isEmpty {
        for example in 0..<count { add(example, of: examples, at: start, to: &collector) }
      }
      if stop.signal != nil { return .stopped }
    }
    return .done(
      Evaluation(loss: loss / Double(examples.count), metrics: collector.results))
  }

  /// Adds example `example` of the batch that begins at `start`: of classes each position by
  /// itself, where it counts.
  private func add(
    _ example: Int, of examples: Examples, at start: Int, to collector: inout MetricCollector
  ) {
    let numbers = numbers(of: example)
    guard description.classes != nil else {
      collector.add(outputs: numbers, targets: examples.targetValues(start + example))
      return
    }
    let positions = description.targetCount
    for position in 0..<positions {
      let label = examples.targetClass(start + example, position: position)
      if label == description.ignoredClass { continue }
      let scores =
        positions == 1
        ? numbers : stride(from: position, to: numbers.count, by: positions).map { numbers[$0] }
      collector.add(scores: scores, label: label)
    }
  }

  /// What the network made of an example of the batch.
  private func numbers(of example: Int) -> [Double] {
    let range = example * description.outputCount..<(example + 1) * description.outputCount
    return description.elementType == .float64
      ? Array(outputs.bytes.bindMemory(to: Double.self)[range])
      : outputs.bytes.bindMemory(to: Float.self)[range].map(Double.init)
  }

  /// The outputs of all examples, [count] + output shape.
  func outputs(of examples: Examples) throws -> Tensor {
    let rowSize = description.outputCount * description.elementType.size
    let memory = try AlignedMemory(byteCount: examples.count * rowSize, purpose: "outputs")
    for start in stride(from: 0, to: examples.count, by: description.batch) {
      let count = min(description.batch, examples.count - start)
      let target = memory.bytes.baseAddress.map { $0 + start * rowSize }
      _ = try network.evaluate(examples.batch(from: start, count: count), outputs: target)
    }
    return Tensor(
      shape: [examples.count] + description.outputShape, type: description.elementType,
      memory: memory)
  }
}
