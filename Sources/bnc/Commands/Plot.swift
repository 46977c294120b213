import ArgumentParser
import Diagnostics
import Files
import Runner

/// `bnc plot`: the curves of several runs in one picture.
struct Plot: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws the curves of one run or several, from the logs of bnc train --log.",
    discussion: """
      Each run has a colour; its training examples are in dashes. A run that is still going on, or that \
      was killed, is drawn as far as it has come.
      """)

  @Argument(
    help: "The logs (CSV or JSON Lines).", completion: .file(extensions: ["csv", "json", "jsonl"]))
  var runs: [String]

  @Option(
    help: """
      What to draw, with commas between: loss, accuracy and every metric that the runs have, or a column \
      such as learning_rate, train_loss or images_per_second. Left out, the loss, the accuracy, and the \
      learning rate where it changes.
      """)
  var metric: String?

  @Option(name: .shortAndLong, help: "Where to draw (SVG).", completion: .file(extensions: ["svg"]))
  var output: String

  func run() throws {
    if output.lowercased().hasSuffix(".png") {
      throw Failure("plots are drawn as SVG", path: output, help: "name it *.svg")
    }
    try AtomicFile.checkWritable(output)
    let logs = try runs.map { try RunLog($0) }
    let metrics = metric?.split(separator: ",").map { $0.filter { $0 != " " } }
    if let metrics, metrics.isEmpty { throw ValidationError("--metric names no metric.") }
    let curves = try TrainingCurves(comparing: logs, metrics: metrics)
    let models = Set(logs.map(\.settings.model))
    let title = models.count == 1 ? models.first ?? "" : "\(models.count) models"
    try AtomicFile.write(SVGPlot(curves, title: title).description, to: output)
    let epochs = logs.map { "\($0.epochs)" }.joined(separator: ", ")
    Terminal.write(
      "drew \(logs.count) \(logs.count == 1 ? "run" : "runs") of \(epochs) epochs to \(output)\n")
  }
}
