import Diagnostics
import Files
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
        + "\(model.optimizerName), learning rate \(shortest(options.learningRate, digits: 6))"
        + "\(model.hasSchedule ? " on a schedule" : ""), "
        + "\(options.epochs) \(options.epochs == 1 ? "epoch" : "epochs"), seed \(options.seed)")
    write(
      "batch \(model.wholeBatch)"
        + (model.processes > 1 ? " across \(model.processes) processes" : "")
        + ", \(model.lanes) \(model.elementType == .float64 ? "double" : "float") "
        + "lanes, \(model.target), \(threads) \(threads == 1 ? "thread" : "threads")"
        + (model.processes > 1 ? " each" : ""))
    // One line either way: what was given, or that it was drawn because nothing was.
    write(
      isDrawn
        ? BuiltInData.note(dataset, "training on", count: dataset.training.count)
        : "data \(dataset.name): \(grouped(dataset.training.count)) to train on, "
          + (dataset.validation.map { "\(grouped($0.count)) to validate on" }
            ?? "\(grouped(dataset.test.count)) to test on")
          + (dataset.validation != nil && dataset.hasOwnTest
            ? ", \(grouped(dataset.test.count)) to test on in the end" : ""))
    if model.wholeBatch > 1, dataset.training.count % model.wholeBatch == 1,
      model.tensors.contains(where: { $0.role == .runningMean })
    {
      Terminal.writeError(
        "note: the last batch of an epoch has 1 example: batch norms with one value per channel leave "
          + "their running statistics as they are")
    }
  }

  /// What is added to sounds.
  func write(_ background: BackgroundRecordings?) {
    guard let background, let noise = model.inputs.first?.background, style != .none else { return }
    write(
      "background noise of \(grouped(background.count)) "
        + "\(background.count == 1 ? "recording" : "recordings") in \(background.folder), added to "
        + "\(shortest(noise.frequency, digits: 4)) of the sounds, up to "
        + "\(shortest(noise.volume, digits: 4)) times as loud")
  }

  /// Where training goes on, or that it starts anew though it was to go on.
  func writeStart(_ checkpoints: CheckpointOptions, _ trainer: Trainer, resumes: Bool) {
    if checkpoints.goesOn {
      write("goes on from \(checkpoints.path): \(trainer.place)")
    } else if resumes {
      write("there is no checkpoint \(checkpoints.path) yet: starts anew")
    }
  }

  /// Lines about what was done.
  func write(lines: [String]) {
    if style == .none { return }
    for line in lines { write(line) }
  }

  /// A line about what was written, where there is something to say.
  func write(_ line: String?) {
    if let line, style != .none { write(line) }
  }

  /// How training ended, and its best result.
  func writeEnding(_ outcome: Trainer.Outcome) {
    switch outcome.ending {
    case .stopped(let signal):
      write("stopped by \(signal == SIGINT ? "Ctrl-C" : "a signal") after the step under way")
    case .noImprovement(let epochs):
      write(
        "stopped early: \(epochs) \(epochs == 1 ? "epoch" : "epochs") without a better "
          + outcome.judgement)
    case .completed, .notFinite: break
    }
    write(best(outcome))
    if let test = outcome.test {
      let which = outcome.bestKept.map { "of epoch \($0), the best" } ?? "that training ended with"
      let accuracy = test.accuracy.map { ", accuracy \(shortest($0, digits: 6))" } ?? ""
      write(
        "test of the weights \(which): loss \(shortest(test.loss, digits: 6))\(accuracy)"
          + test.extraMetrics.all.compactMap { metric in
            metric.number.map { ", \(metric.name) \(shortest($0, digits: 6))" }
          }.joined())
    }
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
    try AtomicFile.write(picture, to: path)
    if style != .none { write("drew loss and accuracy to \(path)") }
  }

  /// Where which weights are, or that they are nowhere.
  func writeSaved(to path: String?, checkpoint: String?, _ outcome: Trainer.Outcome) {
    guard let path else {
      if let checkpoint, outcome.isInCheckpoint {
        write(
          "saved the weights of the last step to the checkpoint \(checkpoint) alone; --save FILE keeps "
            + "them by themselves")
      } else {
        write("nothing was saved: --save FILE keeps the weights")
      }
      return
    }
    let hint = outcome.bestIsAnother ? "; --keep best saves those of the best one" : ""
    write("saved the \(outcome.weights) to \(path)\(hint)")
  }

  /// The exit code; a number that is not finite is told as an error first.
  func exitCode(_ outcome: Trainer.Outcome, learningRate: Double) -> Int32 {
    switch outcome.ending {
    case .completed, .noImprovement: return 0
    case .stopped(let signal): return 128 + signal
    case .notFinite(let place, let epoch, let step):
      let when =
        step.map { "step \($0) of epoch \(epoch)" } ?? "the evaluation after epoch \(epoch)"
      if let statistic = place.statistic {
        Terminal.writeError("error: \(statistic) is not finite after \(when)")
        Terminal.writeError(
          "help: an input is too large for its square; `data scale` in the model makes inputs smaller"
        )
        return 1
      }
      Terminal.writeError("error: the loss is not finite in \(when)\(place.words)")
      Terminal.writeError(
        "help: try a smaller learning rate: --lr \(shortest(learningRate / 10, digits: 6))")
      return 1
    }
  }

  private func best(_ outcome: Trainer.Outcome) -> String {
    if outcome.epochs.isEmpty { return "no epoch was finished" }
    guard let best = outcome.best else { return "no epoch has a \(outcome.judgement)" }
    return "best \(outcome.judgement(of: best)) in epoch \(best.epoch)"
  }

  /// Standard output belongs to the objects where those are asked for.
  private func write(_ line: String) {
    style == .json ? Terminal.writeError(line) : Terminal.write(line + "\n")
  }
}

extension Trainer.Outcome {
  /// Which weights the network holds, in words.
  fileprivate var weights: String {
    if let bestKept, let best {
      return "weights of epoch \(bestKept), the best (\(judgement(of: best))),"
    }
    switch ending {
    case .notFinite: return "last good weights"
    case .stopped: return "weights of the last step"
    case .completed, .noImprovement:
      return epochs.last.map { "weights of epoch \($0.epoch), the last," } ?? "weights"
    }
  }

  /// Whether the last checkpoint, where one is asked for, is of the end.
  fileprivate var isInCheckpoint: Bool {
    if case .notFinite = ending { false } else { true }
  }

  /// Whether an epoch before the last had the best result, and the network holds the last one's
  /// weights.
  fileprivate var bestIsAnother: Bool {
    guard let best, let last = epochs.last else { return false }
    return bestKept == nil && best.epoch != last.epoch
  }

  /// `test accuracy`
  fileprivate var judgement: String { "\(judge.rawValue) \(monitor.name)" }

  /// `test accuracy 0.98`
  fileprivate func judgement(of best: BestEpoch) -> String {
    "\(judgement) \(shortest(best.value, digits: 6))"
  }
}
