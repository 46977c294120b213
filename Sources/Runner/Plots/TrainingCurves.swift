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
  }

  let panels: [Panel]
  /// The epoch at the right end; at the left one is 0.
  let lastEpoch: Int
  /// How many numbers a curve has.
  let points: Int

  /// The curves of `results`; without accuracies, the losses of both sets take their place.
  package init(_ results: [EpochResult]) {
    points = results.count
    lastEpoch = max(points - 1, 0)
    let judge = results.first?.judge == .validation ? "validation" : "test"
    let losses = Curve(name: "moving average", values: results.map(\.loss))
    let training = results.compactMap(\.training.accuracy)
    let test = results.compactMap(\.test.accuracy)
    guard training.count == results.count, test.count == results.count else {
      panels = [
        Panel(title: "loss", curves: [losses]),
        Panel(
          title: "loss after the epoch",
          curves: [
            Curve(name: "train", values: results.map(\.training.loss)),
            Curve(name: judge, values: results.map(\.test.loss)),
          ]),
      ]
      return
    }
    panels = [
      Panel(title: "loss", curves: [losses]),
      Panel(
        title: "accuracy",
        curves: [
          Curve(name: "train", values: training), Curve(name: judge, values: test),
        ]),
    ]
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
