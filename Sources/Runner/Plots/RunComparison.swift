import Diagnostics

extension TrainingCurves {
  /// The same metrics of several runs, a panel for each, a colour for each run: in dashes of the training
  /// examples, else of those that epochs are judged by.
  ///
  /// - Parameters:
  ///   - runs: One or more.
  ///   - metrics: `accuracy`, `loss` and the like, or a column by its whole name; nil: the loss, the
  ///     accuracy where all runs have it, and the learning rate where it changes in one.
  /// - Throws: a failure that names the file and its metrics where it does not have one of them, or has
  ///   no epochs; one of too many runs for a picture.
  package init(comparing runs: [RunLog], metrics: [String]?) throws {
    guard runs.count <= SVGPlot.mostColors else {
      throw Failure(
        "a picture tells \(SVGPlot.mostColors) runs apart, and there are \(runs.count)",
        help: "name fewer of them")
    }
    for run in runs where run.epochs == 0 {
      throw Failure(
        "holds no finished epoch", path: run.path, help: "train it for an epoch, or leave it out")
    }
    let panels = try (metrics ?? Self.usual(of: runs)).map { metric in
      Panel(
        title: metric.replacing("_", with: " "),
        curves: try runs.enumerated().flatMap { try Self.curves(of: metric, in: $1, color: $0) })
    }
    let names = runs.map { $0.path.split(separator: "/").last.map(String.init) ?? $0.path }
    self.init(
      panels: panels, lastEpoch: (runs.map(\.epochs).max() ?? 1) - 1,
      legend: Set(names).count == names.count ? names : runs.map(\.path))
  }

  private static func usual(of runs: [RunLog]) -> [String] {
    let hasAccuracy = runs.allSatisfy { $0.metrics.contains("accuracy") }
    let hasSchedule = runs.contains { Set($0.column("learning_rate") ?? []).count > 1 }
    return ["loss"] + (hasAccuracy ? ["accuracy"] : []) + (hasSchedule ? ["learning_rate"] : [])
  }

  private static func curves(of metric: String, in run: RunLog, color: Int) throws -> [Curve] {
    func curve(_ name: String, isDashed: Bool) -> Curve? {
      run.column(name).map {
        Curve(name: name, values: $0.map { $0 ?? .nan }, color: color, isDashed: isDashed)
      }
    }
    if let judged = curve("\(run.settings.judge)_\(metric)", isDashed: false) {
      return [judged] + [curve("train_\(metric)", isDashed: true)].compactMap(\.self)
    }
    guard let whole = curve(metric, isDashed: false) else {
      throw Failure(
        "has no metric '\(metric.prefix(40))'", path: run.path,
        help: "it has \(run.metrics.joined(separator: ", "))")
    }
    return [whole]
  }
}
