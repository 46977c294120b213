import Diagnostics
import Files

/// A checkpoint is a safetensors file: what is learned under the names that a weights file has, the
/// optimizer's slots under theirs, and the copies that a training keeps under these with `finite/` or
/// `best/` before them, which no name of a model begins with.
extension Trainer {
  private static let finite = "finite/"
  private static let bestPrefix = "best/"

  private var description: PluginDescription { network.plugin.description }

  /// What a step changes and the next one reads.
  private var kept: [PluginTensor] { description.tensors.filter { $0.region != .scratch } }

  /// What else a file may be of than this model, where its hash is another.
  private var modelOrigin: [CheckpointHeader.Origin] {
    [
      .init(key: "bnc.model", words: "model", value: description.modelName),
      .init(key: "bnc.optimizer", words: "optimizer", value: description.optimizerName),
    ]
  }

  /// What has to be the same for a training to go on with the same bits, beside bnc and the model.
  private var origin: [CheckpointHeader.Origin] {
    modelOrigin + [
      .init(key: "bnc.seed", words: "--seed", value: "\(options.seed)"),
      .init(key: "bnc.keep", words: "--keep", value: options.keeps.rawValue),
      .init(key: "bnc.monitor", words: "--monitor", value: monitor.name),
    ] + dataOrigin
  }

  // MARK: Writing

  /// Writes where the training stands, synced, whole or not at all.
  func write(to checkpoints: CheckpointOptions) throws {
    let type = description.elementType
    // As in a file of weights, what is evaluated lies under the parameters' names.
    network.regions.exchangeAverages(description)
    defer { network.regions.exchangeAverages(description) }
    var tensors: [(name: String, tensor: Tensor)] = []
    for tensor in kept { tensors.append((tensor.name, try network.regions.tensor(tensor))) }
    var copies = [(Self.finite, lastFinite.finite)]
    if let best, best.epoch != nil { copies.append((Self.bestPrefix, best.copy)) }
    for (prefix, copy) in copies {
      for tensor in kept {
        guard let bytes = network.regions.bytes(of: tensor, in: copy) else { continue }
        tensors.append(
          (
            prefix + tensor.name,
            try Tensor(copying: UnsafeRawBufferPointer(bytes), shape: tensor.shape, type: type)
          ))
      }
    }
    tensors += try EpochHistory.tensors(of: progress.epochs)
    let header = CheckpointHeader(
      origin: origin, progress: progress, finiteStep: lastFinite.step)
    var metadata = header.metadata
    metadata[Self.versionKey] = description.version
    metadata[Self.hashKey] = description.trainingHash
    try AtomicFile.rotate(checkpoints.path, keeping: checkpoints.count)
    try SafeTensors.write(tensors, metadata: metadata, to: checkpoints.path)
  }

  private static let versionKey = "bnc.version"
  private static let hashKey = "bnc.model_hash"

  // MARK: Reading

  /// Goes on from a checkpoint; when anything is wrong with it, nothing changes.
  ///
  /// - Throws: a failure that names the file and what differs.
  mutating func restore(from path: String) throws {
    let file = try SafeTensors(path)
    do {
      try restore(from: file)
    } catch let failure as Failure {
      throw Failure(failure.what, path: path, help: failure.help)
    }
  }

  private mutating func restore(from file: SafeTensors) throws {
    try CheckpointHeader.checkFormat(file.metadata)
    let version = file.metadata[Self.versionKey] ?? "?"
    guard version == description.version else {
      throw Failure(
        "was written by bnc \(version.prefix(40)), this is \(description.version)",
        help: "another version may compute other bits: go on with that one, or start from the "
          + "weights alone with --load")
    }
    try checkModel(file)
    var header = try CheckpointHeader(
      file.metadata, origin: origin, stepsPerEpoch: stepsPerEpoch)
    let current = try tensors(of: file, prefix: "")
    let finite = try tensors(of: file, prefix: Self.finite)
    let hasBest = options.keeps == .best && header.progress.best != nil
    let bestTensors = hasBest ? try tensors(of: file, prefix: Self.bestPrefix) : []
    header.progress.epochs = try EpochHistory.epochs(
      of: file, count: header.progress.epoch, judge: dataset.judge.part)

    lastFinite = try FiniteCheckpoint(network.regions, step: header.finiteStep)
    best =
      options.keeps == .best
      ? try BestCheckpoint(network.regions, epoch: header.progress.best?.epoch) : nil
    for (tensor, values) in current {
      network.regions.bytes(of: tensor).copyMemory(from: values.bytes)
    }
    network.regions.exchangeAverages(description)
    fill(lastFinite.finite, with: finite)
    if let best { fill(best.copy, with: bestTensors) }
    progress = header.progress
  }

  private func fill(_ copy: AlignedMemory, with tensors: [(tensor: PluginTensor, values: Tensor)]) {
    for (tensor, values) in tensors {
      network.regions.bytes(of: tensor, in: copy)?.copyMemory(from: values.bytes)
    }
  }

  /// Fails, and says what differs, where the file is not of this model.
  private func checkModel(_ file: SafeTensors) throws {
    let hash = file.metadata[Self.hashKey] ?? "none"
    if hash == description.trainingHash { return }
    let help = "go on with the model as it was, or start anew with another --checkpoint"
    func other(_ what: String) -> Failure { Failure("is of another model: " + what, help: help) }
    for one in modelOrigin where file.metadata[one.key] != one.value {
      throw other(
        "its \(one.words) is \((file.metadata[one.key] ?? "none").prefix(80)), not \(one.value)")
    }
    for tensor in kept {
      if let difference = try difference(tensor, in: file, prefix: "") { throw other(difference) }
    }
    let names = Set(kept.map(\.name))
    if let more = file.names.first(where: { !$0.contains("/") && !names.contains($0) }) {
      throw other("it holds '\(more)', which model '\(description.modelName)' lacks")
    }
    throw other(
      "its tensors are this one's, but the model's text, --batch or the processor compiled for is "
        + "not (hash \(hash.prefix(12)), not \(description.trainingHash.prefix(12)))")
  }

  /// How the file holds a tensor in another way than the model has it; nil where it is the same.
  private func difference(_ tensor: PluginTensor, in file: SafeTensors, prefix: String) throws
    -> String?
  {
    let name = prefix + tensor.name
    let owner =
      tensor.region == .slots
      ? "optimizer '\(description.optimizerName)'" : "model '\(description.modelName)'"
    guard let values = try file.tensor(name) else {
      return "it lacks '\(name)' \(describe(shape: tensor.shape)) of \(owner)"
    }
    guard values.shape == tensor.shape else {
      return "it holds '\(name)' as \(describe(shape: values.shape)), \(owner) has "
        + describe(shape: tensor.shape)
    }
    guard values.type == description.elementType else {
      return "it holds '\(name)' as \(values.type), \(owner) has \(description.elementType)"
    }
    return nil
  }

  private func tensors(of file: SafeTensors, prefix: String) throws
    -> [(tensor: PluginTensor, values: Tensor)]
  {
    try kept.map { tensor in
      if let difference = try difference(tensor, in: file, prefix: prefix) {
        throw Failure(
          "is damaged: \(difference)",
          help: "go on from one before it, such as '\(file.path).1', if --keep-checkpoints kept any"
        )
      }
      guard let values = try file.tensor(prefix + tensor.name) else {
        throw Failure("is damaged: it lacks '\(prefix + tensor.name)'")
      }
      return (tensor, values)
    }
  }
}
