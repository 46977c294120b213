import Diagnostics

/// Recomputes a network's running statistics over a set of examples.
///
/// What training leaves is a moving mean over its last batches, of weights that have moved since. Here they are
/// the mean and the variance of all examples, with the weights as they are and with what the network
/// makes of them in evaluation: first for the layers that no other statistics come before, then for
/// those behind these, a pass over the examples each.
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
      store([1], in: tensor)
    }
    return try rounds.flatMap { try run($0, over: examples) }
  }

  private func run(_ round: [Source], over examples: Examples) throws -> [Change] {
    let description = network.plugin.description
    let values = try round.map { try tensor($0.value) }
    var moments = round.map { ChannelMoments(channels: $0.channels) }
    let outputs = try description.outputs.map {
      try AlignedMemory(byteCount: description.batch * $0.count * description.elementType.size)
    }
    for start in stride(from: 0, to: examples.count, by: description.batch) {
      let count = min(description.batch, examples.count - start)
      _ = try network.evaluate(
        examples.batch(from: start, count: count), outputs: outputs.map(\.bytes.baseAddress))
      for (index, value) in values.enumerated() { add(value, count, to: &moments[index]) }
    }
    return try zip(round, moments).map(store)
  }

  /// Adds what the first `count` examples have of a value.
  private func add(_ value: PluginTensor, _ count: Int, to moments: inout ChannelMoments) {
    let bytes = UnsafeRawBufferPointer(network.regions.bytes(of: value))
    let lanes = max(value.lanes, 1)
    let plane = value.count / moments.means.count
    let isDouble = network.plugin.description.elementType == .float64
    moments.add(size: count * plane) { channel, k in
      let (example, position) = (k / plane, k % plane)
      let vector = example / lanes * value.count + channel * plane + position
      let index = vector * lanes + example % lanes
      return isDouble
        ? bytes.loadUnaligned(fromByteOffset: index * 8, as: Double.self)
        : Double(bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self))
    }
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
    let old = (
      try network.regions.tensor(mean).values, try network.regions.tensor(variance).values
    )
    store(moments.means, in: mean)
    store(variances, in: variance)
    return Change(source.layer, old, (moments.means, variances))
  }

  private func store(_ values: [Double], in tensor: PluginTensor) {
    let bytes = network.regions.bytes(of: tensor)
    let type = network.plugin.description.elementType
    for (index, value) in values.enumerated() {
      if type == .float64 {
        bytes.storeBytes(of: value, toByteOffset: index * 8, as: Double.self)
      } else {
        bytes.storeBytes(of: Float(value), toByteOffset: index * 4, as: Float.self)
      }
    }
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
