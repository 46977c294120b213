import ArgumentParser
import Diagnostics
import Files
import IR
import Runner

/// The learning rate over a training, drawn.
struct ScheduleArguments: ParsableArguments {
  @Flag(help: "Draws the learning rate over the training, in the place of the layers.")
  var schedule = false

  @Option(help: "With --schedule: how many epochs; the model's own number if left out.")
  var epochs: Int?

  @Option(help: "With --schedule: how many examples an epoch has.")
  var examples = 60000

  @Option(help: "With --schedule: how many steps an epoch has, in the place of --examples.")
  var steps: Int?

  @Option(help: "With --schedule: where to draw the rate as a picture (SVG).", completion: .file())
  var plot: String?

  func validate() throws {
    guard schedule || (epochs == nil && examples == 60000 && steps == nil && plot == nil) else {
      throw ValidationError("--epochs, --examples, --steps and --plot go with --schedule.")
    }
    for (name, number) in [("epochs", epochs), ("examples", examples), ("steps", steps)] {
      guard let number, !(1...1_000_000_000).contains(number) else { continue }
      throw ValidationError("--\(name) must be from 1 to 1000000000.")
    }
  }

  /// Prints what the schedule of `model` makes of its learning rate, and draws it.
  func draw(_ model: Model) throws {
    let training = model.training
    let (schedule, optimizer) = (training.schedule, training.optimizer)
    guard let index = optimizer.learningRateIndex else {
      throw Failure("\(optimizer.keyword) has no learning rate")
    }
    let rate = optimizer.hyperparameters[index].value
    let epochs = epochs ?? training.epochs
    let epochSteps = steps ?? (examples + training.batch - 1) / training.batch
    let all = epochs.multipliedReportingOverflow(by: epochSteps).partialValue
    let points = min(max(all, 2), 2000)
    let rates = (0..<points).map { point in
      let step = 1 + Int((Double(point) / Double(points - 1) * Double(all - 1)).rounded())
      return rate * schedule.factor(at: min(step, all), of: all, epochSteps: epochSteps)
    }
    let curves = TrainingCurves(rates: rates, epochs: epochs, name: schedule.keyword)
    print(
      """
      \(model.name): \(epochs) \(epochs == 1 ? "epoch" : "epochs") of \(grouped(epochSteps)) \
      \(epochSteps == 1 ? "step" : "steps") of up to \(training.batch) examples, \(optimizer.keyword) with a learning rate of \
      \(shortest(rate, digits: 6))

      """)
    let columns = Terminal.columns ?? 80
    print(
      TextPlot(
        curves, columns: min(columns, 80), widest: 80, isUnicode: Terminal.isUnicode
      ).description)
    print(
      "from \(shortest(rates[0], digits: 6)) in the first step to "
        + "\(shortest(rates[points - 1], digits: 6)) in the last, "
        + "\(shortest(rates.max() ?? 0, digits: 6)) at most")
    if let plateau = schedule.plateau {
      print(
        "and times \(shortest(plateau.factor, digits: 6)) each time that more than "
          + "\(plateau.patience) epochs have no better test \(plateau.metric.rawValue)")
    }
    guard let plot else { return }
    try AtomicFile.write(SVGPlot(curves, title: model.name).description, to: plot)
    print("drew the learning rate to \(plot)")
  }
}
