import ArgumentParser
import Files
import IR
import Runner

/// The learning rate over a training, drawn.
struct ScheduleArguments: ParsableArguments {
  @Flag(help: "Draws the learning rate over the training, in the place of the layers.")
  var schedule = false

  @Option(help: "With --schedule: how many epochs; the model's own number if left out.")
  var epochs: Int?

  @Option(help: "With --schedule: how many examples an epoch has; 60000 if left out.")
  var examples: Int?

  @Option(help: "With --schedule: how many steps an epoch has, in the place of --examples.")
  var steps: Int?

  @Option(help: "With --schedule: where to draw the rate as a picture (SVG).", completion: .file())
  var plot: String?

  func validate() throws {
    let numbers = [("epochs", epochs), ("examples", examples), ("steps", steps)]
    if !schedule, plot != nil || numbers.contains(where: { $0.1 != nil }) {
      throw ValidationError("--epochs, --examples, --steps and --plot go with --schedule.")
    }
    if examples != nil, steps != nil {
      throw ValidationError("--examples and --steps say the same: name one of them.")
    }
    for case let (name, number?) in numbers where !(1...1_000_000_000).contains(number) {
      throw ValidationError("--\(name) must be from 1 to 1000000000.")
    }
  }

  /// Prints what the schedule of `model` makes of its learning rate, and draws it.
  func draw(_ model: Model) throws {
    if let plot { try AtomicFile.checkWritable(plot) }
    let size = model.training.batch * model.training.accumulated
    let text = try ScheduleText(
      model, epochs: epochs ?? model.training.epochs,
      epochSteps: steps ?? ((examples ?? 60000) - 1) / size + 1)
    print(text.description(columns: min(Terminal.columns ?? 80, 80)))
    guard let plot else { return }
    try AtomicFile.write(SVGPlot(text.curves, title: model.name).description, to: plot)
    print("drew the learning rate to \(plot)")
  }
}
