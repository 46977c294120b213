import ArgumentParser
import Diagnostics
import Runner

/// `bnc evaluate`: how good saved weights are.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the loss, the accuracy and the confusion matrix of saved weights.")

  @OptionGroup var network: NetworkOptions
  @OptionGroup var data: DataOption

  @Option(help: "The weights (safetensors).", completion: .file())
  var weights: String

  @Option(help: "Which part of the data: train, validation or test.")
  var part: Dataset.Part = .test

  @Option(
    help:
      """
      What to judge by, with commas between: accuracy, top5 (or another number), precision, \
      recall, f1, confusion and auc of classes; accuracy, precision, recall, f1 and auc of labels, \
      the real values of a binary cross entropy; mean_absolute_error, mean_squared_error, \
      root_mean_squared_error and r2 of real values, labels too. Left out, the accuracy and the \
      confusion matrix, or the errors.
      """)
  var metrics: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let plugin = try network.load(needs: .init(purpose: .evaluation, trains: false))
    let metrics = try metrics.map { try Metric.list($0, for: plugin.description) }
    let pool = try network.makePool()
    let net = try Network(plugin, host: Host(pool: pool))
    noteWeights(try net.loadWeights(from: weights))
    let (examples, note) = try data.examples(part, for: plugin, pool: pool)
    if let note { json ? Terminal.writeError(note) : Terminal.write(note + "\n") }
    noteFiles(examples.notes)
    if data.data != nil { noteScale(examples.scaleNote(plugin.description)) }
    let evaluation = try net.evaluate(examples, metrics ?? usual(for: plugin.description))
    if json {
      let report = EvaluationReport(
        loss: evaluation.loss, losses: evaluation.parts.count > 1 ? evaluation.parts : nil,
        examples: examples.count, metrics: evaluation.metrics)
      Terminal.write(try JSONText.of(report) + "\n")
    } else {
      Terminal.write(
        EvaluationText(evaluation, plugin.description, classNames: examples.classNames)
          .description)
    }
  }

  /// What is shown where nobody asks for anything: a matrix only where a screen can hold it.
  private func usual(for description: PluginDescription) -> [Metric] {
    let largestMatrix = 1000
    return Metric.usual(for: description)
      + (description.targets.allSatisfy { $0.classes.map { $0 <= largestMatrix } ?? true }
        && description.targets.contains { $0.classes != nil } ? [.confusion] : [])
  }
}

/// `--json`
private struct EvaluationReport: Encodable {
  let loss: Double
  /// Of each loss its part, where there are several.
  let losses: [Double]?
  let examples: Int
  let metrics: MetricResults
}

extension Dataset.Part: ExpressibleByArgument {}
