import Diagnostics

/// A bar on a terminal, rewritten in place: how far the run is, the time left, the loss, the last epoch's
/// metric, the learning rate where it changes, and the images per second, as far as there is room in this
/// order. An epoch's line takes the bar's place when the epoch ends.
package struct BarReport: TrainingReport {
  private let write: @Sendable (String) -> Void
  private let columns: Int
  private var epochs = 0
  private var steps = 1
  private var examples = 0
  private var epochStart: ContinuousClock.Instant
  private var evaluationStart: ContinuousClock.Instant
  private var evaluationSeconds = 0.0
  private var lastDrawn: ContinuousClock.Instant
  /// Of the epoch under way in this run, which may go on from another's.
  private var firstStep: Int?
  private var learningRate: Double?
  /// Of the epoch before.
  private var metric: String?

  /// A report on a terminal of `columns`, that hands raw text to `write`.
  package init(columns: Int, write: @escaping @Sendable (String) -> Void) {
    self.columns = columns
    self.write = write
    epochStart = .now
    evaluationStart = epochStart
    lastDrawn = epochStart
  }

  /// Takes the counts that rate and time left follow from.
  package mutating func begin(epochs: Int, stepsPerEpoch: Int, examplesPerEpoch: Int) {
    self.epochs = epochs
    steps = stepsPerEpoch
    examples = examplesPerEpoch
    epochStart = .now
  }

  /// Takes the rate that the bar shows.
  package mutating func didSchedule(learningRate: Double) { self.learningRate = learningRate }

  /// Redraws the bar, ten times per second at most.
  package mutating func didStep(epoch: Int, step: Int, loss: Double) {
    let now = ContinuousClock.now
    if firstStep == nil { lastDrawn = epochStart }
    let first = firstStep ?? step
    firstStep = first
    // The eye wants no more, and a terminal over a network pays for each.
    guard now - lastDrawn >= .milliseconds(100) else { return }
    lastDrawn = now
    let seconds = (now - epochStart).seconds
    let share = Double(step + 1) / Double(steps)
    let done = Double(step + 1 - first) / Double(steps)
    let epochSeconds = seconds / done
    let later = Double(epochs - epoch - 1) * (epochSeconds + evaluationSeconds)
    let left = epochSeconds * (1 - share) + evaluationSeconds + later
    let rate = Double(examples) * done / seconds
    draw(
      epoch: epoch, share: share,
      notes: [
        "\(Self.time(left)) left", "loss \(shortest(loss, digits: 4))", metric,
        learningRate.map { "lr \(shortest($0, digits: 3))" }, "\(Int(rate)) images/s",
      ].compactMap(\.self))
  }

  /// Fills the bar.
  package mutating func willEvaluate(epoch: Int) {
    evaluationStart = .now
    draw(epoch: epoch, share: 1, notes: ["evaluating"])
  }

  /// Puts the epoch's line in the bar's place.
  package mutating func didEnd(_ result: EpochResult) {
    write("\r\u{1B}[K\(PlainReport.line(result))\n")
    metric = Self.metric(result)
    firstStep = nil
    epochStart = .now
    evaluationSeconds = (epochStart - evaluationStart).seconds
  }

  /// Clears the bar.
  package mutating func didStop() { write("\r\u{1B}[K") }

  /// `test accuracy 0.9883`, or the loss where there is no accuracy.
  private static func metric(_ result: EpochResult) -> String {
    let judge = result.judge.rawValue
    return result.test.accuracy.map { "\(judge) accuracy \(shortest($0, digits: 4))" }
      ?? "\(judge) loss \(shortest(result.test.loss, digits: 4))"
  }

  private func draw(epoch: Int, share: Double, notes: [String]) {
    let head = "Epoch \(epoch) of \(epochs) "
    let percent = String(Int(share * 100)).padded(to: 3, .right) + "%"
    // As many notes, from the first on, as leave room for a bar of 6.
    var tail = ""
    for note in notes {
      guard head.count + tail.count + note.count + 16 < columns else { break }
      tail += "  " + note
    }
    let room = min(40, columns - head.count - tail.count - 8)
    guard room > 0 else { return drawNarrow(percent, notes.first ?? "") }
    let full = Int((share * Double(room)).rounded(.down))
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: room - full)
    write("\r\u{1B}[K\(head)[\(bar)] \(percent)\(tail)")
  }

  /// Without a bar, where there is no room for one: the share alone, and the time left beside it if that
  /// fits.
  private func drawNarrow(_ percent: String, _ note: String) {
    let whole = "\(percent)  \(note)"
    let text = whole.count < columns ? whole : percent
    if text.count < columns { write("\r\u{1B}[K\(text)") }
  }

  /// `0:07`, `12:30`, `1:02:03`.
  static func time(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
  }
}
