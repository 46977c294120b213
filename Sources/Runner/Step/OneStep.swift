import Diagnostics

/// One forward and backward pass without the update, all values kept for inspection.
package struct OneStep: Sendable {
  /// A tensor and its name.
  package typealias Named = (name: String, tensor: Tensor)

  /// With the batch's statistics, or with the running ones.
  package enum Mode: String, Hashable, Sendable, CaseIterable {
    case train, evaluate
  }

  /// What a batch norm did.
  package struct Trace: Sendable {
    /// The batch norm's name.
    package let layer: String
    /// Of the batch; nil where the running statistics were used.
    package let mean: Tensor?
    /// Of the batch, biased; nil where the running statistics were used.
    package let variance: Tensor?
    /// After the step.
    package let runningMean: Tensor?
    /// After the step.
    package let runningVariance: Tensor?
    /// The batch norm's result, [count] + shape.
    package let output: Tensor?
  }

  /// The losses of the examples, added up, and how many there are.
  package let loss: Double
  /// How many examples the step ran over.
  package let count: Int
  /// Set when the loss is not finite.
  package let notFinite: Network.NotFinite?
  /// Of each of the network's losses its part of the loss.
  package let parts: [Double]
  /// The network's outputs under their names.
  package let outputs: [Named]
  /// Every layer's result.
  package let values: [Named]
  /// Weights, biases, gammas and betas, in the plugin's order.
  package let parameters: [Named]
  /// Of the parameters, under their names.
  package let gradients: [Named]
  /// Of the input and of every layer's result.
  package let valueGradients: [Named]
  /// Running statistics after the step.
  package let state: [Named]
  private let statistics: [Named]

  /// Numbers and the file that they come from.
  package typealias Source = (tensor: Tensor, path: String)

  /// Runs a step over `inputs` and `targets`, those of each of the network's in its order: the first
  /// of a training of `seed`.
  ///
  /// - Throws: a failure when the plugin was not compiled for it, or when the examples are not the
  ///   model's or more than its batch.
  package init(
    _ network: Network, inputs: [Source], targets: [Source], mode: Mode, seed: UInt64 = 0
  ) throws {
    let description = network.plugin.description
    guard description.hasGradient else {
      throw Failure(
        "cannot inspect a step: it was compiled \(description.purpose)", path: network.plugin.path,
        help: "name the model (.bn), so that bnc compiles it for this")
    }
    let examples = try Self.examples(description, inputs, targets)
    let count = examples.count
    self.count = count
    let memories = try description.outputs.map {
      try AlignedMemory(byteCount: description.batch * $0.count * description.elementType.size)
    }
    // What pointers point into has to be there for as long as the call.
    let pass = try withExtendedLifetime((examples, memories)) {
      try network.gradient(
        examples.batch(from: 0, count: count), training: mode == .train, seed: seed,
        outputs: memories.map(\.bytes.baseAddress))
    }
    loss = pass.loss
    parts = pass.parts
    notFinite = pass.notFinite
    outputs = zip(description.outputs, memories).map { output, memory in
      (
        name: output.name,
        tensor: Tensor(
          shape: [count] + output.shape, type: description.elementType, memory: memory)
      )
    }
    let reader = TensorReader(network, count: count)
    values = try reader.all { $0.role == .value }
    valueGradients = try reader.all { $0.role == .valueGradient }
    parameters = try reader.all { $0.region == .parameters }
    state = try reader.all { $0.region == .state }
    statistics =
      mode == .train ? try reader.all { $0.role == .batchMean || $0.role == .batchVariance } : []
    gradients = try description.tensors.filter { $0.region == .parameters }.compactMap { tensor in
      try network.regions.gradient(tensor).map { (name: tensor.name, tensor: $0) }
    }
  }

  /// The examples of a step, checked.
  private static func examples(
    _ description: PluginDescription, _ inputs: [Source], _ targets: [Source]
  ) throws -> Examples {
    let type = description.elementType
    let shaped = try zip(description.inputs, inputs).map { value, source in
      try ExampleFormat(input: value, elementType: type).inputs(source.tensor, path: source.path)
    }
    let count = shaped[0].shape.first ?? 0
    guard (1...description.batch).contains(count) else {
      throw Failure(
        "holds \(count) examples, a step takes 1 to \(description.batch)", path: inputs[0].path)
    }
    try ModelFormat.checkCounts(shaped.map(\.shape), paths: inputs.map(\.path))
    let wanted = try zip(description.targets, targets).enumerated().map { index, pair in
      let format = ExampleFormat(
        target: pair.0, hasLabels: description.hasLabels(target: index), elementType: type)
      return try format.targets(
        pair.1.tensor, count: count, path: pair.1.path, inputsPath: inputs[0].path)
    }
    return Examples(inputs: shaped, targets: wanted)
  }

  /// The first output under its name.
  package var output: Named { outputs[0] }

  /// What the batch norm of that name did, or nil when there is none.
  package func trace(_ layer: String) -> Trace? {
    func find(_ list: [Named], _ suffix: String) -> Tensor? {
      list.first { $0.name == "\(layer).\(suffix)" }?.tensor
    }
    let trace = Trace(
      layer: layer, mean: find(statistics, "batch_mean"),
      variance: find(statistics, "batch_variance"), runningMean: find(state, "running_mean"),
      runningVariance: find(state, "running_variance"), output: find(values, "output"))
    return trace.runningMean == nil ? nil : trace
  }

  /// The names that `trace` knows.
  package var traceable: [String] {
    let suffix = ".running_mean"
    return state.map(\.name).filter { $0.hasSuffix(suffix) }.map {
      String($0.dropLast(suffix.count))
    }
  }
}

/// Reads a network's tensors after a step.
private struct TensorReader {
  private let network: Network
  private let count: Int

  init(_ network: Network, count: Int) {
    self.network = network
    self.count = count
  }

  func all(where isWanted: (PluginTensor) -> Bool) throws -> [OneStep.Named] {
    let description = network.plugin.description
    return try description.tensors.filter(isWanted).map { tensor in
      let values =
        tensor.role.isPerExample
        ? try network.regions.examples(of: tensor, count: count, type: description.elementType)
        : try network.regions.tensor(tensor)
      return (name: tensor.name, tensor: values)
    }
  }
}
