/// What a plot of training shows: a panel for the loss, and one for the accuracy where there is
/// one; or the learning rate, and the momentum where that changes too.
package struct TrainingCurves: Hashable, Sendable {
  /// One set of axes.
  struct Panel: Hashable, Sendable {
    var title: String
    var curves: [Curve]
    /// What the axis reaches though no curve may.
    var reaches: [Double] = []
  }

  /// A number for each epoch, or numbers that are as far from each other.
  struct Curve: Hashable, Sendable {
    var name: String
    var values: [Double]
    /// Which of the picture's colours it has; nil: that of its place in the panel.
    var color: Int?
    /// Whether it is less than the other of its colour: drawn in dashes.
    var isDashed = false
  }

  let panels: [Panel]
  /// What the colours are of, where they are the same in all panels; then the panels name no curves.
  private(set) var legend: [String] = []
  /// The epoch at the right end; at the left one is 0.
  let lastEpoch: Int
  /// How many numbers a curve has.
  let points: Int

  /// The curves of `results`; without accuracies, the losses of both sets take their place. The learning
  /// rate of each epoch's last step is there where it changes.
  package init(_ results: [EpochResult]) {
    points = results.count
    lastEpoch = max(points - 1, 0)
    let judge = results.first?.judge == .validation ? "validation" : "test"
    let losses = Curve(name: "moving average", values: results.map(\.loss))
    let training = results.compactMap(\.training.accuracy)
    let test = results.compactMap(\.test.accuracy)
    let hasAccuracy = training.count == results.count && test.count == results.count
    let judged = Panel(
      title: hasAccuracy ? "accuracy" : "loss after the epoch",
      curves: [
        Curve(name: "train", values: hasAccuracy ? training : results.map(\.training.loss)),
        Curve(name: judge, values: hasAccuracy ? test : results.map(\.test.loss)),
      ])
    let rates = results.compactMap(\.learningRate)
    let schedule =
      rates.count == results.count && Set(rates).count > 1
      ? [Panel(title: "learning rate", curves: [Curve(name: "last step", values: rates)])] : []
    panels = [Panel(title: "loss", curves: [losses]), judged] + schedule
  }

  /// Panels of curves over the epochs 0 to `lastEpoch`, whose colours are of what `legend` says.
  init(panels: [Panel], lastEpoch: Int, legend: [String]) {
    self.panels = panels
    self.lastEpoch = lastEpoch
    self.legend = legend
    points = lastEpoch + 1
  }

  /// The learning rates of a training of `epochs`, evenly from its first step to its last, under the
  /// name of the schedule; beside them as many momenta, where these change.
  package init(rates: [Double], momenta: [Double]?, epochs: Int, name: String) {
    points = rates.count
    lastEpoch = epochs
    let rate = Panel(
      title: "learning rate", curves: [Curve(name: name, values: rates)], reaches: [0])
    panels =
      [rate]
      + (momenta.map { [Panel(title: "momentum", curves: [Curve(name: name, values: $0)])] } ?? [])
  }

  /// Whether there is a line to draw.
  package var isLine: Bool { points >= 2 }
}
