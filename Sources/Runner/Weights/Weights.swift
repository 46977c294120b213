import Diagnostics
import Glibc

extension Network {
  /// Saves parameters and running statistics as safetensors, whole or not at all.
  ///
  /// - Parameter classNames: What the data call the classes, where they do: they go with the weights.
  package func saveWeights(to path: String, classNames: [String] = []) throws {
    let description = plugin.description
    var metadata = ["bnc.model": description.modelName]
    if !classNames.isEmpty { metadata[LoadedWeights.classesKey] = try JSONText.of(classNames) }
    try SafeTensors.write(
      try description.savedTensors.map { (name: $0.name, tensor: try regions.tensor($0)) },
      metadata: metadata, to: path)
  }

  /// Loads parameters and running statistics; when anything is wrong with the file, nothing
  /// changes. Tensors are found by their names here or in PyTorch (`WeightNames`). Statistics without
  /// a `seen` count as seen: other programs do not save one. What the model file gives of a tensor's
  /// numbers may be missing too.
  ///
  /// - Parameter fit: How much of the file and of the network has to go together.
  /// - Throws: a failure that names the file: damaged, a number that is not finite or a variance below
  ///   0; a tensor that is missing or of another shape, as far as `fit` demands it.
  @discardableResult
  package func loadWeights(
    from path: String, _ fit: LoadedWeights.Fit = .network
  ) throws -> LoadedWeights {
    if access(path, F_OK) != 0, errno == ENOENT {
      throw Failure(
        "there is no such file", path: path,
        help: "`bnc train MODEL.bn --save FILE` trains weights and writes them")
    }
    let file = try SafeTensors(path)
    // A checkpoint has more than weights, and nobody took that for tensors of another model.
    let isCheckpoint = CheckpointHeader.isCheckpoint(file.metadata)
    let names = WeightNames(isCheckpoint ? file.names.filter { !$0.contains("/") } : file.names)
    let wanted = plugin.description.savedTensors
    var loaded = LoadedWeights(path: path, wanted: wanted.count)
    var found: [(tensor: PluginTensor, values: Tensor)] = []
    var used: Set<String> = []
    var given: [(tensor: PluginTensor, values: [Double])] = []
    for tensor in wanted where tensor.role != .seen || file.names.contains(tensor.name) {
      guard let name = try named(tensor, names, path), let values = try file.tensor(name) else {
        if case .listed(let values) = tensor.initializer, fit != .exact {
          given.append((tensor, values))
          loaded.wanted -= 1
          continue
        }
        if fit == .matching, plugin.description.isComputedFromData(tensor) {
          loaded.compute(tensor)
          continue
        }
        let mayLack = fit == .matching || fit == .parameters && tensor.region == .state
        if !mayLack { throw lack(of: tensor, path: path) }
        if fit == .matching { loaded.missing.append(tensor.name) }
        continue
      }
      used.insert(name)
      if let difference = difference(values, tensor, called: name) {
        if fit != .matching { throw Failure("holds \(difference)", path: path) }
        loaded.unfitting.append(difference)
        if plugin.description.whitenings.contains(where: { $0.tensor.name == tensor.name }) {
          loaded.computeAll(of: tensor)
        }
      } else {
        found.append((tensor, try fitted(values, to: tensor, called: name, path: path)))
      }
    }
    try found += statisticsAsSeen(found.map(\.tensor))
    loaded.batchCounts = names.batchCounts.filter { !used.contains($0) }.count
    loaded.ignored =
      isCheckpoint
      ? [] : file.names.filter { !used.contains($0) && !names.batchCounts.contains($0) }
    try check(loaded, found.count, fit)
    for (tensor, values) in found { regions.bytes(of: tensor).copyMemory(from: values.bytes) }
    for (tensor, values) in given { regions.store(values, in: tensor) }
    regions.startAverages(plugin.description)
    loaded.count = found.count
    loaded.readClassNames(file.metadata)
    if fit == .parameters { loaded.wanted = found.count }
    return loaded
  }

  private func named(_ tensor: PluginTensor, _ names: WeightNames, _ path: String) throws -> String?
  {
    do {
      return try names.name(for: tensor.name)
    } catch let failure as Failure {
      throw Failure(failure.what, path: path, help: failure.help)
    }
  }

  private func lack(of tensor: PluginTensor, path: String) -> Failure {
    Failure(
      "lacks '\(tensor.name)' \(describe(shape: tensor.shape)) of model "
        + "'\(plugin.description.modelName)'", path: path)
  }

  /// The `seen` of layers whose statistics are loaded without one.
  private func statisticsAsSeen(
    _ loaded: [PluginTensor]
  ) throws -> [(tensor: PluginTensor, values: Tensor)] {
    try plugin.description.savedTensors.filter { seen in
      let own = loaded.filter { $0.layer == seen.layer }.map(\.role)
      return seen.role == .seen && !own.contains(.seen) && own.contains(.runningMean)
        && own.contains(.runningVariance)
    }.map { ($0, try Tensor(shape: [1], values: [1]).converted(to: elementType)) }
  }

  /// Refuses a file of which nothing goes with the network, and, where nothing else may be there,
  /// one with more.
  private func check(_ loaded: LoadedWeights, _ count: Int, _ fit: LoadedWeights.Fit) throws {
    let model = plugin.description.modelName
    if fit == .exact, let name = loaded.ignored.first {
      throw Failure(
        "holds '\(name)', which model '\(model)' does not have", path: loaded.path,
        help: "without --strict such tensors are ignored")
    }
    guard count == 0, let own = plugin.description.savedTensors.first else { return }
    let there = loaded.ignored.first.map { ": it holds '\($0)', the model '\(own.name)'" } ?? ""
    throw Failure(
      "has no tensor that fits model '\(model)'\(there)", path: loaded.path,
      help: "a layer is called as in the file with `as NAME`, and '.' there is '_' here")
  }

  private var elementType: NumberType { plugin.description.elementType }

  /// How a tensor of the file differs from what the network has; nil where it is as large and of
  /// real numbers.
  private func difference(_ values: Tensor, _ tensor: PluginTensor, called name: String) -> String?
  {
    if values.shape != tensor.shape {
      return "'\(name)' as \(describe(shape: values.shape)), model "
        + "'\(plugin.description.modelName)' has \(describe(shape: tensor.shape))"
    }
    return values.type.isReal ? nil : "'\(name)' as \(values.type), not as real values"
  }

  private func fitted(
    _ values: Tensor, to tensor: PluginTensor, called name: String, path: String
  ) throws -> Tensor {
    let converted = try values.converted(to: elementType)
    if let index = converted.firstNotFinite {
      throw Failure(
        "holds \(shortest(values[index], digits: 6)) in '\(name)', number \(index): weights are "
          + "finite\(values[index].isFinite ? ", and a \(elementType) cannot be that large" : "")",
        path: path)
    }
    if tensor.role == .runningVariance, let index = converted.values.firstIndex(where: { $0 < 0 }) {
      throw Failure(
        "holds \(shortest(values[index], digits: 6)) in '\(name)', number \(index): a variance "
          + "is 0 or more", path: path)
    }
    return converted
  }
}
