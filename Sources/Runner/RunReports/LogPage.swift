import Diagnostics
import Files

/// A run on one page as far as its log tells: what it was, and how it went.
package struct LogPage {
  private let log: RunLog
  private var page: Page

  /// So many epochs are still read in a table.
  private static let mostRows = 2000

  /// The page of a log.
  ///
  /// - Throws: a failure that names the log where it holds no finished epoch.
  package init(_ log: RunLog) throws {
    self.log = log
    page = Page(title: "\(log.settings.model): a run")
    let finished = log.epochs == log.settings.epochs ? "" : " of \(log.settings.epochs)"
    page.add(log.settings, ended: "\(log.epochs)\(finished) epochs are in the log")
    page.add(heading: "Curves")
    // The columns of both parts beside each other; what is said once, below.
    let known = ["loss", "accuracy"].filter(log.metrics.contains)
    let others = log.metrics.filter { metric in
      !known.contains(metric) && log.column("\(log.settings.judge)_\(metric)") != nil
    }
    let usual = try TrainingCurves(comparing: [log], metrics: nil)
    page.add(SVGPlot(usual, title: log.settings.model))
    if !others.isEmpty {
      page.add(
        SVGPlot(try TrainingCurves(comparing: [log], metrics: others), title: "Other metrics"))
    }
    addBest()
    addEpochs()
    page.add(
      paragraph:
        "Of the classes, the worst examples and the model a log says nothing: bnc train --report "
        + "puts them on its page.")
  }

  /// Writes the page, whole or not at all.
  package func write(to path: String) throws { try AtomicFile.write(page.text, to: path) }

  /// The epoch that the run's own judgement calls best, beside the last one. Of a log that does not say
  /// which that was, it is the accuracy, or the loss where there is none.
  private mutating func addBest() {
    let judge = log.settings.judge
    func values(_ name: String) -> [Double?]? { log.column("\(judge)_\(name)") }
    let name = log.settings.monitor ?? (values("accuracy") == nil ? "loss" : "accuracy")
    let metric = name.split(separator: ".").last.flatMap { Metric(String($0)) }
    let numbers = (values(name) ?? []).enumerated().compactMap { epoch, value in
      value.map { (epoch: epoch, value: $0) }
    }
    let best =
      metric?.isBetterLarger == true
      ? numbers.max { ($0.value, -$0.epoch) < ($1.value, -$1.epoch) }
      : numbers.min { ($0.value, $0.epoch) < ($1.value, $1.epoch) }
    guard let best = best?.epoch else { return }
    page.add(heading: "Results")
    page.add(
      paragraph:
        "Best by the \(judge) \(name.replacing("_", with: " ")), the first of several.")
    let rows = columns.map { name -> [Page.Cell] in
      [.text(name.replacing("_", with: " "))]
        + [best, log.epochs - 1].map { .number(text(name, $0)) }
    }
    page.add(table: rows, heads: ["", "best epoch", "last epoch"])
  }

  private mutating func addEpochs() {
    page.add(heading: "Epochs")
    let first = max(0, log.epochs - Self.mostRows)
    if first > 0 { page.add(paragraph: "The last \(Self.mostRows) of \(log.epochs).") }
    let rows = (first..<log.epochs).map { epoch -> [Page.Cell] in
      columns.map { .number(text($0, epoch)) }
    }
    page.add(table: rows, heads: columns.map { $0.replacing("_", with: " ") })
  }

  /// The log's columns: the epoch, what is judged, then the rest.
  private var columns: [String] {
    let first = ["epoch", "loss"]
    let judged = log.columnNames.filter { $0.hasPrefix(log.settings.judge + "_") }
    let rest = log.columnNames.filter { !first.contains($0) && !judged.contains($0) }
    return first.filter(log.columnNames.contains) + judged + rest
  }

  private func text(_ column: String, _ epoch: Int) -> String {
    (log.column(column)?[epoch]).map { shortest($0, digits: 6) } ?? "-"
  }
}

extension Page {
  /// What a run was: the command, then a table.
  mutating func add(_ settings: RunSettings, ended: String) {
    add(lines: settings.commandLine)
    let judged = settings.judge == "validation" ? "to validate on" : "to test on"
    let rows: [(String, String)] = [
      ("model", "\(settings.model), \(grouped(settings.parameters)) parameters"),
      ("hash", settings.modelHash),
      (
        "data",
        "\(settings.data): \(grouped(settings.trainingExamples)) to train on, "
          + "\(grouped(settings.judgeExamples)) \(judged)"
      ),
      (
        "training",
        "\(settings.optimizer), learning rate \(shortest(settings.learningRate, digits: 6)), "
          + "batch \(settings.batch), \(settings.epochs) epochs, seed \(settings.seed)"
      ),
      ("threads", "\(settings.threads)"), ("bnc", settings.bncVersion), ("ended", ended),
    ]
    add(table: rows.map { [.text($0.0), .text($0.1)] })
  }
}
