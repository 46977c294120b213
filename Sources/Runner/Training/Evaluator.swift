import Diagnostics

/// What a network makes of a set of examples.
package struct Evaluation: Hashable, Sendable {
  /// The loss's mean over the examples.
  package var loss: Double
  /// Where the targets are classes and the matrix was asked for.
  package var confusion: ConfusionMatrix?
  /// The share of examples taken for what they are, or nil where the targets are real values.
  package var accuracy: Double?
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
    _ examples: Examples, withConfusion: Bool = false, stop: StopSignal = .never
  ) throws -> Result {
    var loss = 0.0
    var correct = 0
    var confusion = withConfusion ? description.classes.map { ConfusionMatrix(classes: $0) } : nil
    for start in stride(from: 0, to: examples.count, by: description.batch) {
      let count = min(description.batch, examples.count - start)
      let pass = try network.evaluate(
        examples.batch(from: start, count: count), outputs: outputs.bytes.baseAddress)
      if let place = pass.notFinite { return .notFinite(place) }
      loss += pass.loss
      if let classes = description.classes {
        for example in 0..<count {
          let target = examples.targetClass(start + example)
          let predicted = predictedClass(example, of: classes)
          if target == predicted { correct += 1 }
          confusion?[target: target, predicted: predicted] += 1
        }
      }
      if stop.signal != nil { return .stopped }
    }
    let accuracy = description.classes.map { _ in Double(correct) / Double(examples.count) }
    return .done(
      Evaluation(loss: loss / Double(examples.count), confusion: confusion, accuracy: accuracy))
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

  /// The class with the largest output, the first one among equals; where there is one output for
  /// two classes, it is the probability of the second, or that probability's logit.
  private func predictedClass(_ example: Int, of classes: Int) -> Int {
    if description.outputCount == 1, classes == 2 {
      let size = description.elementType.size
      let bytes = UnsafeRawBufferPointer(outputs.bytes)
      return description.elementType.number(in: bytes, at: example * size) > description.threshold
        ? 1 : 0
    }
    return description.elementType == .float64
      ? indexOfFirstLargest(outputs.bytes.bindMemory(to: Double.self), example * classes, classes)
      : indexOfFirstLargest(outputs.bytes.bindMemory(to: Float.self), example * classes, classes)
  }
}

private func indexOfFirstLargest<Number: Comparable>(
  _ numbers: UnsafeMutableBufferPointer<Number>, _ start: Int, _ count: Int
) -> Int {
  var best = 0
  for index in 1..<max(count, 1) where numbers[start + index] > numbers[start + best] {
    best = index
  }
  return best
}
