import Diagnostics

/// Recomputes a network's running statistics over a set of examples.
///
/// What training leaves is a moving mean over its last batches, of weights that have moved since. These
/// are the mean and the variance of all examples, with the weights as they are and with what the
/// network makes of them in evaluation: first for the layers that no other statistics come before,
/// then for those behind these, a pass over the examples each.
package struct Calibration {
  /// A layer's statistics.
  package struct Source: Hashable, Sendable {
    /// The layer's name.
    package let layer: String
    /// The name of the value that they are of, as an inspection has it.
    package let value: String
    /// Its channels.
    package let channels: Int
    /// Whether its running variance is divided by one number less than there are.
    package let isUnbiased: Bool

    package init(layer: String, value: String, channels: Int, isUnbiased: Bool) {
      self.layer = layer
      self.value = value
      self.channels = channels
      self.isUnbiased = isUnbiased
    }
  }

  /// How a layer's statistics have changed.
  package struct Change: Hashable, Sendable {
    package let layer: String
    /// By how many new deviations the mean of a channel has moved at most.
    package let mean: Double
    /// The least and the largest ratio of a channel's new variance to the old one.
    package let variance: ClosedRange<Double>
  }

  private let network: Network
  private let rounds: [[Source]]

  /// - Parameter rounds: The statistics in the order in which they can be computed.
  /// - Throws: a failure where the plugin does not keep a step's values.
  package init(_ network: Network, rounds: [[Source]]) throws {
    guard network.plugin.description.hasGradient else {
      throw Failure(
        "cannot be calibrated: it was compiled \(network.plugin.description.purpose)",
        path: network.plugin.path,
        help: "name the model (.bn), so that bnc compiles it for this")
    }
    self.network = network
    self.rounds = rounds
  }

  /// Computes all statistics over `examples`, and leaves them in the network.
  ///
  /// - Throws: a failure that names the layer where a result is not finite, or where a channel has one
  ///   number.
  package func run(over examples: Examples) throws -> [Change] {
    for tensor in network.plugin.description.tensors where tensor.role == .seen {
      try store([1], in: tensor)
    }
    return try rounds.flatMap { try run($0, over: examples) }
  }

  private func run(_ round: [Source], over examples: Examples) throws -> [Change] {
    let description = network.plugin.description
    let values = try round.map { try tensor($0.value) }
    var moments = round.map { ChannelMoments(channels: $0.channels) }
    let unwanted = description.outputs.map { _ in nil as UnsafeMutableRawPointer? }
    for start in stride(from: 0, to: examples.count, by: description.batch) {
      let count = min(description.batch, examples.count - start)
      _ = try network.evaluateOnce(examples.batch(from: start, count: count), outputs: unwanted)
      for (index, value) in values.enumerated() {
        moments[index].add(
          try network.regions.examples(of: value, count: count, type: description.elementType))
      }
    }
    return try zip(round, moments).map(store)
  }

  /// Puts a layer's statistics where it keeps them.
  private func store(_ source: Source, _ moments: ChannelMoments) throws -> Change {
    if moments.count < 2 {
      throw Failure(
        "'\(source.layer)' has one value a channel, which has no variance",
        help: "calibrate over 2 examples or more")
    }
    let variances = moments.variances(isUnbiased: source.isUnbiased)
    if let channel = variances.indices.first(where: {
      !moments.means[$0].isFinite || !variances[$0].isFinite
    }) {
      throw Failure("the operand of '\(source.layer)' is not finite in channel \(channel)")
    }
    let mean = try tensor("\(source.layer).running_mean")
    let variance = try tensor("\(source.layer).running_variance")
    func kept() throws -> (means: [Double], variances: [Double]) {
      (try network.regions.tensor(mean).values, try network.regions.tensor(variance).values)
    }
    let old = try kept()
    try store(moments.means, in: mean)
    try store(variances, in: variance)
    return Change(source.layer, old, try kept())
  }

  private func store(_ values: [Double], in tensor: PluginTensor) throws {
    let numbers = try Tensor(
      shape: tensor.shape, values: values, as: network.plugin.description.elementType)
    network.regions.bytes(of: tensor).copyMemory(from: numbers.bytes)
  }

  private func tensor(_ name: String) throws -> PluginTensor {
    guard let tensor = network.plugin.description.tensors.first(where: { $0.name == name }) else {
      throw Failure("has no tensor '\(name)'", path: network.plugin.path)
    }
    return tensor
  }
}

extension Calibration.Change {
  fileprivate init(
    _ layer: String, _ old: (means: [Double], variances: [Double]),
    _ new: (means: [Double], variances: [Double])
  ) {
    self.layer = layer
    mean =
      new.means.indices.map {
        let moved = abs(new.means[$0] - old.means[$0])
        return moved == 0 ? 0 : moved / new.variances[$0].squareRoot()
      }.max() ?? 0
    let ratios = zip(new.variances, old.variances).map { $0 == $1 ? 1 : $0 / $1 }
    variance = (ratios.min() ?? 1)...(ratios.max() ?? 1)
  }
}
