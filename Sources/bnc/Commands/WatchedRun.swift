import Diagnostics
import Driver
import Runner

/// A training with what it writes for people to look at.
struct WatchedRun {
  private let arguments: WatchArguments
  private let trained: Network
  private let dataset: Dataset
  private let settings: RunSettings
  /// Of the model, as they were when training began.
  private let texts: [RunReport.Text]
  /// What is told of each epoch, beside what is shown.
  let reports: [any TrainingReport]

  /// Starts what `arguments` ask for: to be called when all else is ready. Of a run that goes on,
  /// `earlier` are the epochs before.
  ///
  /// - Throws: a failure that names what cannot be written.
  init(
    _ arguments: WatchArguments, _ trained: Network, _ dataset: Dataset,
    _ options: Trainer.Options, _ network: NetworkOptions, pool: ThreadPool,
    earlier: [EpochResult], frozen: [String]
  ) throws {
    (self.arguments, self.trained, self.dataset) = (arguments, trained, dataset)
    let description = trained.plugin.description
    let settings = RunSettings(
      description, options, dataset: dataset, threads: pool.threads, bncVersion: bncVersion,
      command: ["bnc"] + CommandLine.arguments.dropFirst())
    self.settings = settings
    texts = arguments.report == nil ? [] : try network.texts()
    var reports: [any TrainingReport] = []
    if let folder = arguments.tensorboard {
      let probe = try network.loadInspection(frozen: frozen).map {
        try GradientProbe($0, host: Host(pool: pool), of: description)
      }
      reports.append(try TensorBoardReport(folder, trained, dataset, settings, probe: probe))
    }
    // Last, for a log takes the place of the one before.
    reports += try arguments.log.map { try LogReport($0, settings, earlier: earlier) }
    self.reports = reports
  }

  /// Writes the page about the run, which ended with `outcome`, where one is asked for: a line that says
  /// where it is.
  func writeReport(_ outcome: Trainer.Outcome) throws -> String? {
    guard let path = arguments.report else { return nil }
    if outcome.epochs.isEmpty { return "there is nothing to put into \(path)" }
    let report: RunReport
    do {
      report = try RunReport(
        trained, dataset, settings, outcome, ending: outcome.ending.words, texts: texts)
    } catch let failure as Failure {
      // How the run ended is the error to tell; the last good weights may be on the brink too.
      guard case .notFinite = outcome.ending else { throw failure }
      return "nothing was put into \(path): \(failure.what)"
    }
    try report.write(to: path)
    return "put a page about the run into \(path)"
  }
}

extension Trainer.Ending {
  /// How training ended, in words.
  fileprivate var words: String {
    switch self {
    case .completed: "after all epochs"
    case .noImprovement(let epochs):
      "after \(epochs) \(epochs == 1 ? "epoch" : "epochs") without improvement"
    case .stopped: "stopped by a signal, after the step under way"
    case .notFinite: "by a loss that is not finite; the weights are the last good ones"
    }
  }
}
