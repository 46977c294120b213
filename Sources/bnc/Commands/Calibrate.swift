import ArgumentParser
import Diagnostics
import Driver
import Files
import IR
import Runner

/// `bnc calibrate MODEL.bn`: running statistics of all of a data set.
struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Recomputes batch norms' running statistics over a data set.",
    discussion: """
      Training leaves a moving mean over its last batches. This computes the mean and the variance of \
      all examples, with the weights as they are: of a network whose weights come from elsewhere, \
      were averaged, or are to work on other data. Batch norms behind others see what those \
      make of it with their new statistics, a pass over the data for each that stand behind each other.
      """)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var data: DataOption

  @Option(help: "The weights (safetensors); they may lack running statistics.", completion: .file())
  var weights: String

  @Option(help: "Which part of the data: train, validation or test.")
  var part: Dataset.Part = .train

  @Option(help: "Where to save the weights with the new statistics.", completion: .file())
  var save: String

  func run() throws {
    guard network.model == "-" || network.model.hasSuffix(".bn") else {
      throw Failure(
        "is a plugin, which keeps no values between its layers", path: network.model,
        help: "name the model (.bn), so that bnc compiles it for this")
    }
    let model = try Compiler.model(
      try ModelFile.model(network.model), CompileOptions(batch: network.batch, trains: false))
    let rounds = model.statisticsRounds.map { round in
      round.map { Calibration.Source($0, of: model) }
    }
    guard !rounds.isEmpty else {
      throw Failure(
        "has no batch norm, and so no running statistics", path: network.model,
        help: "there is nothing to calibrate")
    }
    let plugin = try network.load(needs: .init(purpose: .inspection, trains: false))
    try AtomicFile.checkWritable(save)
    let pool = try network.makePool()
    let net = try Network(plugin, host: Host(pool: pool))
    net.regions.initialize(plugin.description, seed: 0)
    let loaded = try net.loadWeights(from: weights, .parameters)
    noteWeights(loaded)
    let (examples, note) = try data.examples(part, for: plugin, pool: pool)
    if let note { Terminal.write(note + "\n") }
    noteFiles(examples.notes)
    if data.data != nil { noteScale(examples.scaleNote(plugin.description)) }
    let changes = try Calibration(net, rounds: rounds).run(over: examples)
    try net.saveWeights(to: save, classNames: loaded.classNames)
    Terminal.write(CalibrationText(changes).description)
    Terminal.write("statistics of \(grouped(examples.count)) examples saved in \(save)\n")
  }
}

extension Calibration.Source {
  fileprivate init(_ statistics: RunningStatistics, of model: Model) {
    self.init(
      layer: model.layers[statistics.layer].name,
      value: model.inspectedName(of: statistics.value), channels: statistics.channels,
      isUnbiased: statistics.convention.runningVariance == .unbiased)
  }
}

/// What `bnc calibrate` shows.
struct CalibrationText: CustomStringConvertible {
  let description: String

  init(_ changes: [Calibration.Change]) {
    var table = TextTable(
      .left, .right,
      rows: [["batch norm", "mean moved by", "variance, least", "largest"]])
    table.appendRule()
    for change in changes {
      table.append([
        change.layer, "\(shortest(change.mean, digits: 3)) deviations",
        "x \(shortest(change.variance.lowerBound, digits: 3))",
        "x \(shortest(change.variance.upperBound, digits: 3))",
      ])
    }
    description = table.text
  }
}
