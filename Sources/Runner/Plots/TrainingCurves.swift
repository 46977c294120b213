/// What a plot of training shows: a panel for the loss, and one for the accuracy where there is
/// one.
package struct TrainingCurves: Hashable, Sendable {
  /// One set of axes.
  struct Panel: Hashable, Sendable {
    var title: String
    var curves: [Curve]
  }

  /// A number for each epoch.
  struct Curve: Hashable, Sendable {
    var name: String
    var values: [Double]
  }

  let panels: [Panel]
  /// The number of epochs, which are counted from 0.
  let epochs: Int

  /// The curves of `results`; without accuracies, the losses of both sets take their place.
  package init(_ results: [EpochResult]) {
    epochs = results.count
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

  /// Whether there is a line to draw.
  package var isLine: Bool { epochs >= 2 }
}
