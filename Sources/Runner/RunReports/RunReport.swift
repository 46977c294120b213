import Diagnostics
import Files

/// A run on one page: what it was, how it went, where its network is wrong.
package struct RunReport {
  let settings: RunSettings
  /// The model's file and those that it includes, where they are at hand.
  let texts: [Text]
  let epochs: [EpochResult]
  /// How training ended, and whose weights the rest is about.
  let ending, weights: String
  /// Of which part of the data that is.
  let part: Dataset.Part
  let examples: Examples
  let network: PluginDescription
  let evaluation: Evaluation
  let worst: [JudgedExample]

  /// A file of text and its name.
  package struct Text: Hashable, Sendable {
    let name, content: String

    package init(name: String, content: String) {
      self.name = name
      // Of lines that end as those of Windows do the first half is a control, which would be shown.
      self.content = content.replacing("\r\n", with: "\n")
    }
  }

  private static let mostExamples = 24

  /// Evaluates what `trained` holds after `outcome`: over the test examples, or over those that epochs
  /// were judged by where there are no others.
  ///
  /// - Throws: a failure where the loss is not finite or the network was never trained.
  package init(
    _ trained: Network, _ dataset: Dataset, _ settings: RunSettings, _ outcome: Trainer.Outcome,
    ending: String, texts: [Text]
  ) throws {
    self.settings = settings
    self.texts = texts
    self.ending = ending
    epochs = outcome.epochs
    network = trained.plugin.description
    weights =
      outcome.bestKept.map { "the weights of epoch \($0), the best" }
      ?? "the weights that training ended with"
    (part, examples) = dataset.hasOwnTest ? (.test, dataset.test) : dataset.judge
    let kinds = network.judgements.map(\.kind)
    var metrics = Metric.usual(for: network)
    if kinds.contains(.labels), !metrics.contains(.accuracy) { metrics.insert(.accuracy, at: 0) }
    if kinds.contains(where: { $0 != .values }) { metrics += [.precision, .recall, .f1] }
    if kinds.contains(where: Metric.confusion.fits) { metrics.append(.confusion) }
    evaluation = try trained.evaluate(examples, metrics)
    worst = try trained.worst(Self.mostExamples, of: examples)
  }

  /// Writes the page, whole or not at all.
  package func write(to path: String) throws {
    try AtomicFile.write(try RunReportPage(self).text, to: path)
  }

  /// The name of a class, or its number.
  func className(_ label: Int) -> String {
    examples.classNames.indices.contains(label) ? examples.classNames[label] : "\(label)"
  }
}
