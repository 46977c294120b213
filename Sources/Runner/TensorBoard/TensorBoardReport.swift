import Diagnostics

/// What TensorBoard shows of a run, one step for each epoch: every number of it, histograms of every
/// parameter and of its gradient, and the confusion matrix.
package struct TensorBoardReport: TrainingReport {
  private let file: EventFile
  private let network: Network
  private let dataset: Dataset
  private let settings: RunSettings
  private let probe: GradientProbe?
  private let parameters: [PluginTensor]
  private let hasMatrix: Bool
  /// Without a probe: of each parameter what it was an epoch before.
  private var earlier: [Tensor] = []

  /// A report of the training of `network` to a file of its own in `folder`.
  ///
  /// - Parameter probe: What finds the gradients; without one, histograms show how far the epoch has
  ///   moved each parameter.
  /// - Throws: a failure that names what cannot be written.
  package init(
    _ folder: String, _ network: Network, _ dataset: Dataset, _ settings: RunSettings,
    probe: GradientProbe?
  ) throws {
    file = try EventFile(in: folder)
    (self.network, self.dataset, self.settings) = (network, dataset, settings)
    self.probe = probe
    let description = network.plugin.description
    parameters = description.tensors.filter { $0.region == .parameters }
    hasMatrix = description.judgements.contains {
      description.targets[$0.target].classes.map { $0 <= ConfusionPicture.mostClasses } ?? false
    }
    if probe == nil { earlier = try parameters.map(network.regions.tensor) }
  }

  /// Appends the epoch.
  package mutating func didEnd(_ result: EpochResult) throws {
    let fields = EpochFields(result, learningRate: settings.learningRate).all.dropFirst()
    var values: [EventFile.Named] = fields.compactMap { field in
      field.value.map { (tag: field.tag, value: .scalar($0)) }
    }
    let now = try parameters.map(network.regions.tensor)
    values += histograms("parameters", zip(parameters, now).map { ($0.name, $1) })
    if let probe {
      let found = try probe.gradients(
        of: network, over: dataset.training, seed: settings.seed)
      values += histograms("gradients", found ?? [])
    } else {
      let changes = try zip(earlier, now).map { before, now in
        try Tensor(shape: now.shape, values: zip(now.values, before.values).map { $0 - $1 })
      }
      values += histograms("changes", zip(parameters, changes).map { ($0.name, $1) })
      earlier = now
    }
    values += try matrices()
    try file.append(values, step: result.epoch)
  }

  private func histograms(
    _ kind: String, _ tensors: [(name: String, values: Tensor)]
  ) -> [EventFile.Named] {
    tensors.compactMap { tensor in
      Histogram(tensor.values).map { (tag: "\(kind)/\(tensor.name)", value: .histogram($0)) }
    }
  }

  /// Of every target of classes, over the examples that epochs are judged by, with the weights that
  /// they are judged with.
  private func matrices() throws -> [EventFile.Named] {
    guard hasMatrix else { return [] }
    let description = network.plugin.description
    network.regions.exchangeAverages(description)
    defer { network.regions.exchangeAverages(description) }
    let found = try network.evaluate(dataset.judge.examples, [.confusion]).metrics.all
    return try found.compactMap { result in
      guard case .matrix(let matrix) = result.value, let picture = ConfusionPicture(matrix) else {
        return nil
      }
      let image = SummaryValue.image(
        png: try picture.png, width: picture.side, height: picture.side)
      return (tag: "\(result.name)/\(dataset.judge.part.rawValue)", value: image)
    }
  }
}
