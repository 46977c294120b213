import Diagnostics

extension Network {
  /// Saves parameters and running statistics as safetensors, whole or not at all.
  package func saveWeights(to path: String) throws {
    let description = plugin.description
    try SafeTensors.write(
      try description.savedTensors.map { (name: $0.name, tensor: try regions.tensor($0)) },
      metadata: ["bnc.model": description.modelName], to: path)
  }

  /// Loads parameters and running statistics; when anything is wrong with the file, nothing
  /// changes. Statistics without a `seen` count as seen: other programs do not save one.
  ///
  /// - Returns: the names in the file that the model does not have.
  /// - Throws: a failure that names the file: damaged, a tensor missing, of another shape, a
  ///   number that is not finite or a variance below 0.
  @discardableResult
  package func loadWeights(from path: String) throws -> [String] {
    let file = try SafeTensors(path)
    let wanted = plugin.description.savedTensors
    var found: [(tensor: PluginTensor, values: Tensor)] = []
    for tensor in wanted {
      if let values = try file.tensor(tensor.name) {
        found.append((tensor, try fitted(values, to: tensor, path: path)))
      } else if tensor.role == .seen {
        found.append((tensor, try Tensor(shape: [1], values: [1]).converted(to: elementType)))
      } else {
        throw Failure(
          "lacks '\(tensor.name)' \(describe(shape: tensor.shape)) of model "
            + "'\(plugin.description.modelName)'", path: path)
      }
    }
    for (tensor, values) in found { regions.bytes(of: tensor).copyMemory(from: values.bytes) }
    // A checkpoint has more than weights, and nobody took it for those of another model.
    if CheckpointHeader.isCheckpoint(file.metadata) { return [] }
    let names = Set(wanted.map(\.name))
    return file.names.filter { !names.contains($0) }
  }

  private var elementType: NumberType { plugin.description.elementType }

  private func fitted(_ values: Tensor, to tensor: PluginTensor, path: String) throws -> Tensor {
    guard values.shape == tensor.shape else {
      throw Failure(
        "holds '\(tensor.name)' as \(describe(shape: values.shape)), model "
          + "'\(plugin.description.modelName)' has \(describe(shape: tensor.shape))", path: path)
    }
    guard values.type.isReal else {
      throw Failure("holds '\(tensor.name)' as \(values.type), not as real values", path: path)
    }
    let converted = try values.converted(to: elementType)
    if let index = converted.firstNotFinite {
      throw Failure(
        "holds \(shortest(values[index], digits: 6)) in '\(tensor.name)', number \(index): weights are "
          + "finite\(values[index].isFinite ? ", and a \(elementType) cannot be that large" : "")",
        path: path)
    }
    if tensor.role == .runningVariance, let index = converted.values.firstIndex(where: { $0 < 0 }) {
      throw Failure(
        "holds \(shortest(values[index], digits: 6)) in '\(tensor.name)', number \(index): a variance "
          + "is 0 or more", path: path)
    }
    return converted
  }
}
