import ArgumentParser
import Diagnostics
import Driver
import Runner

/// What `bnc train` writes beside the weights, for people to look at.
struct WatchArguments: ParsableArguments {
  @Option(
    help: """
      Where to log a line for each epoch, and the run's settings in the first line: FILE.csv, or \
      FILE.json in JSON Lines; can be given again. `bnc plot` compares logs.
      """, completion: .file(extensions: ["csv", "json", "jsonl"]))
  var log: [String] = []

  @Option(
    help: """
      A folder to write events for TensorBoard to, one for each run: of each epoch all numbers, histograms \
      of the parameters and of their gradients over the first batch (of PLUGIN.so, which keeps none, of how \
      far the epoch moved them), and the confusion matrix as a picture.
      """, completion: .directory)
  var tensorboard: String?

  /// Fails now, not after hours of training, where something cannot be written later.
  func check() throws {
    for path in log { try LogReport.check(path) }
  }

  /// The reports of a run of these settings.
  func reports(
    _ settings: RunSettings, _ trained: Network, _ dataset: Dataset, _ options: NetworkOptions,
    pool: ThreadPool
  ) throws -> [any TrainingReport] {
    var reports: [any TrainingReport] = try log.map { try LogReport($0, settings) }
    if let tensorboard {
      let probe = try options.loadInspection().map {
        try GradientProbe($0, host: Host(pool: pool), of: trained.plugin.description)
      }
      reports.append(
        try TensorBoardReport(tensorboard, trained, dataset, settings, probe: probe))
    }
    return reports
  }
}
