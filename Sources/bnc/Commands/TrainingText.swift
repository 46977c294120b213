import Glibc
import Runner

/// What `bnc train` says before and after the epochs.
struct TrainingText {
  private let model: PluginDescription
  private let style: ProgressStyle

  init(_ model: PluginDescription, style: ProgressStyle) {
    self.model = model
    self.style = style
  }

  /// The model, how it runs and on what.
  func writeHeader(_ options: Trainer.Options, dataset: Dataset, threads: Int, isDrawn: Bool) {
    if style == .none { return }
    write(
      "model \(model.modelName): \(grouped(model.parameterCount)) parameters, "
        + "\(model.optimizerName), learning rate \(shortest(options.learningRate, digits: 6)), "
        + "\(options.epochs) \(options.epochs == 1 ? "epoch" : "epochs"), seed \(options.seed)")
    write(
      "batch \(model.batch), \(model.lanes) \(model.elementType == .float64 ? "double" : "float") "
        + "lanes, \(model.target), \(threads) \(threads == 1 ? "thread" : "threads")")
    // One line either way: what was given, or that it was drawn because nothing was.
    write(
      isDrawn
        ? BuiltInData.note(dataset, "training on", count: dataset.training.count)
        : "data \(dataset.name): \(grouped(dataset.training.count)) to train on, "
          + "\(grouped(dataset.test.count)) to test on")
    if model.batch > 1, dataset.training.count % model.batch == 1,
      model.tensors.contains(where: { $0.role == .runningMean })
    {
      Terminal.writeError(
        "note: the last batch of an epoch has 1 example: batch norms with one value per channel leave "
          + "their running statistics as they are")
    }
  }

  /// How training ended, and its best result.
  func writeEnding(_ outcome: Trainer.Outcome) {
    if case .stopped(let signal) = outcome.ending {
      write("stopped by \(signal == SIGINT ? "Ctrl-C" : "a signal") after the step under way")
    }
    write(best(outcome.epochs))
  }

  /// Two epochs or more as a small plot on a terminal, and any as a picture at `path`.
  func draw(_ epochs: [EpochResult], to path: String?) throws {
    let curves = TrainingCurves(epochs)
    if curves.isLine, style == .bar || style == .plain, let columns = Terminal.columns {
      write("")
      Terminal.write(
        TextPlot(curves, columns: min(columns, 80), isUnicode: Terminal.isUnicode).description)
      write("")
    }
    guard let path, !epochs.isEmpty else { return }
    let picture = SVGPlot(curves, title: model.modelName).description
    try AtomicFile.write(to: path) { try $0.write(Array(picture.utf8)) }
    if style != .none { write("drew loss and accuracy to \(path)") }
  }

  /// Where the weights are, or that they are nowhere.
  func writeSaved(to path: String?, _ outcome: Trainer.Outcome) {
    var what = "weights"
    if case .notFinite = outcome.ending { what = "last good weights" }
    if let path {
      write("saved the \(what) to \(path)")
    } else {
      write("nothing was saved: --save FILE keeps the \(what)")
    }
  }

  /// The exit code; a loss that is not finite is told as an error first.
  func exitCode(_ outcome: Trainer.Outcome, learningRate: Double) -> Int32 {
    switch outcome.ending {
    case .completed: return 0
    case .stopped(let signal): return 128 + signal
    case .notFinite(let place, let epoch, let step):
      let when =
        step.map { "step \($0) of epoch \(epoch)" } ?? "the evaluation after epoch \(epoch)"
      Terminal.writeError("error: the loss is not finite in \(when)\(place.words)")
      Terminal.writeError(
        "help: try a smaller learning rate: --lr \(shortest(learningRate / 10, digits: 6))")
      return 1
    }
  }

  private func best(_ epochs: [EpochResult]) -> String {
    guard model.classes != nil else {
      guard let best = epochs.min(by: { $0.test.loss < $1.test.loss }) else { return noEpoch }
      return "best test loss \(shortest(best.test.loss, digits: 6)) in epoch \(best.epoch)"
    }
    var best: (accuracy: Double, epoch: Int)?
    for result in epochs {
      if let accuracy = result.test.accuracy, accuracy > best?.accuracy ?? -1 {
        best = (accuracy, result.epoch)
      }
    }
    guard let best else { return noEpoch }
    return "best test accuracy \(shortest(best.accuracy, digits: 6)) in epoch \(best.epoch)"
  }

  private var noEpoch: String { "no epoch was finished" }

  /// Standard output belongs to the objects where those are asked for.
  private func write(_ line: String) {
    style == .json ? Terminal.writeError(line) : Terminal.write(line + "\n")
  }
}
