import Diagnostics
import Runner

/// A compiled network whose numbers are read and written by name, all of them in double.
package final class ProbedNetwork {
  package let plugin: LoadedPlugin
  private let network: Network

  /// What a pass came to.
  package struct Pass: Sendable {
    package var loss: Double
    /// Of each output [count][its shape].
    package var outputs: [[Double]]
  }

  /// A network in memory of its own, its scratch full of numbers that are none.
  package init(_ plugin: LoadedPlugin, threads: Int = 1) throws {
    self.plugin = plugin
    network = try Network(
      plugin, host: Host(pool: try ThreadPool(threads: threads)),
      withGradients: plugin.description.hasGradient)
    network.regions.initialize(plugin.description, seed: 0)
    fillScratch(0xff)
  }

  package var parameterNames: [String] {
    plugin.description.tensors.filter { $0.region == .parameters }.map(\.name)
  }

  /// All parameters and running statistics by name.
  package var learned: [String: [Double]] {
    get {
      Dictionary(
        uniqueKeysWithValues: plugin.description.savedTensors.map { ($0.name, read($0)) })
    }
    set {
      for tensor in plugin.description.savedTensors {
        if let numbers = newValue[tensor.name] { network.regions.write(numbers, to: tensor) }
      }
      network.regions.startAverages(plugin.description)
    }
  }

  /// A parameter or running statistic; empty where there is none of that name.
  package func numbers(_ name: String) -> [Double] {
    plugin.description.savedTensors.first { $0.name == name }.map(read) ?? []
  }

  /// The gradient of a parameter after `gradient`.
  package func gradient(of name: String) throws -> [Double] {
    try tensor(name).flatMap { try network.regions.gradient($0)?.values } ?? []
  }

  /// A value, or a value's gradient, of `count` examples after `gradient`.
  package func values(_ name: String, count: Int) throws -> [Double] {
    guard let tensor = tensor(name) else { return [] }
    return try network.regions.examples(
      of: tensor, count: count, type: plugin.description.elementType
    ).values
  }

  /// The bytes of all that a step changes.
  package var bytes: [UInt8] { network.regions.learnedBytes }

  /// Fills the memory that a pass works in: nothing may depend on what it held.
  package func fillScratch(_ byte: UInt8) { network.regions.fillScratch(byte) }

  /// The outputs, and the loss with running statistics, of the examples as they are.
  package func evaluate(_ sample: Sample) throws -> Pass {
    try pass(sample) { try network.evaluateOnce($0, outputs: $1) }
  }

  /// The same of a plugin for evaluation, batch by batch.
  package func evaluateAll(_ sample: Sample) throws -> Pass {
    let (loss, outputs) = try network.lossAndOutputs(of: sample.examples(for: plugin.description))
    return Pass(loss: loss, outputs: outputs.map(\.values))
  }

  /// Forward and backward without the update: the first step of a training of seed 1.
  package func gradient(_ sample: Sample, training: Bool = true) throws -> Pass {
    try pass(sample) {
      try network.gradient($0, training: training, seed: 1, outputs: $1)
    }
  }

  /// Step `step` of a training of seed 1, at a rate of its own where one is given.
  @discardableResult
  package func train(_ sample: Sample, step: UInt64 = 1, rate: Double? = nil) throws -> Pass {
    let description = plugin.description
    let settings = StepSettings(
      step: step, seed: 1,
      hyperparameters: rate.map { description.hyperparameters(learningRate: $0) }
        ?? description.hyperparameters.map(\.value))
    return try pass(sample) { batch, _ in try network.train(batch, settings) }
  }

  /// The outputs of the examples, one by one.
  package func infer(_ sample: Sample) throws -> [[Double]] {
    try network.prepare()
    let examples = try sample.examples(for: plugin.description)
    var all = plugin.description.outputs.map { _ in [Double]() }
    let rooms = try plugin.description.outputs.map { try room(for: $0.count) }
    for index in 0..<sample.count {
      // What pointers point into has to be there for as long as the call.
      try withExtendedLifetime(examples) {
        try network.infer(
          examples.batch(from: index, count: 1).inputs, isBytes: false,
          outputs: rooms.map(\.memory.bytes.baseAddress))
      }
      for output in rooms.indices { all[output] += rooms[output].values }
    }
    return all
  }

  private func pass(
    _ sample: Sample, _ call: (Batch, [UnsafeMutableRawPointer?]) throws -> Network.Pass
  ) throws -> Pass {
    let examples = try sample.examples(for: plugin.description)
    let rooms = try plugin.description.outputs.map { try room(for: sample.count * $0.count) }
    let found = try withExtendedLifetime((examples, rooms)) {
      try call(
        examples.batch(from: 0, count: sample.count), rooms.map(\.memory.bytes.baseAddress))
    }
    if let place = found.notFinite {
      throw NumbersNotFinite(layer: place.layer)
    }
    return Pass(loss: found.loss, outputs: rooms.map(\.values))
  }

  private func room(for count: Int) throws -> Tensor {
    try Tensor(zerosOf: [count], type: plugin.description.elementType)
  }

  private func tensor(_ name: String) -> PluginTensor? {
    plugin.description.tensors.first { $0.name == name }
  }

  private func read(_ tensor: PluginTensor) -> [Double] { network.regions.numbers(of: tensor) }
}

/// A pass came to a loss that is infinite or no number.
struct NumbersNotFinite: Error {
  /// The first layer whose result is not finite, where that is known.
  var layer: String?
}
