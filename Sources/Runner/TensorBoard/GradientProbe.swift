import Diagnostics

/// The gradients of a network in training, which its own plugin does not keep: from another plugin of
/// the same model, compiled for inspection.
package struct GradientProbe {
  private let inspected: Network
  private let tensors: [(trained: PluginTensor, inspected: PluginTensor)]

  /// A probe of networks of `description`.
  ///
  /// - Throws: a failure where `plugin` keeps no gradients or is not of the same model.
  package init(_ plugin: LoadedPlugin, host: Host, of description: PluginDescription) throws {
    inspected = try Network(plugin, host: host, withGradients: true)
    let others = plugin.description.savedTensors
    tensors = zip(description.savedTensors, others).map { (trained: $0, inspected: $1) }
    guard plugin.description.hasGradient, others.count == description.savedTensors.count,
      plugin.description.elementType == description.elementType,
      tensors.allSatisfy({ $0.name == $1.name && $0.shape == $1.shape })
    else {
      throw Failure(
        "keeps no gradients of the model that is trained", path: plugin.path,
        help: "did the model's file change just now? start again")
    }
  }

  /// Of every parameter its gradient over the first batch of `examples` with what `network` has learned
  /// so far, as a training step would find it; nil where the loss is not finite.
  func gradients(
    of network: Network, over examples: Examples, seed: UInt64
  ) throws -> [(name: String, values: Tensor)]? {
    for (trained, other) in tensors {
      inspected.regions.bytes(of: other).copyMemory(
        from: UnsafeRawBufferPointer(network.regions.bytes(of: trained)))
    }
    let description = inspected.plugin.description
    let batch = examples.batch(from: 0, count: min(description.batch, examples.count))
    let outputs = try description.outputs.map {
      try AlignedMemory(byteCount: description.batch * $0.count * description.elementType.size)
    }
    // What pointers point into has to be there for as long as the call.
    let pass = try withExtendedLifetime((examples, outputs)) {
      try inspected.gradient(
        batch, training: true, seed: seed, outputs: outputs.map(\.bytes.baseAddress))
    }
    if pass.notFinite != nil { return nil }
    return try tensors.filter { $0.inspected.region == .parameters }.compactMap { _, tensor in
      try inspected.regions.gradient(tensor).map { (name: tensor.name, values: $0) }
    }
  }
}
