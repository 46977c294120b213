import ArgumentParser
import Diagnostics
import Files
import Language
import Operators
import Runner

/// `bnc sweep`: many trainings of one model with different settings, and which are the best.
struct Sweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a model with several values of its settings, and compares them.",
    discussion: """
      A setting is batch, accumulate, epochs, an argument of an entry of the training block (lr, \
      optimizer.momentum, schedule.warmup), such an entry as a whole (--vary 'schedule=cosine,constant'), \
      or a 'const' of the model. Each run is an ordinary training of a model that is written into its \
      folder, with its log: to the same bits as 'bnc train' of that model. Started again with the same \
      folder and settings, only the runs that are missing are trained; --random and --seeds may have \
      grown. In the end there are a table, FOLDER/sweep.svg, and the best settings as a model says them.
      """)

  @Argument(
    help: "The model (MODEL.bn, or - for standard input).", completion: .file(extensions: ["bn"]))
  var model: String

  @Option(
    help: ArgumentHelp(
      """
      A setting and its values, 'lr=0.01,0.1'; or, with --random, a range that it is drawn from, \
      'lr=log(1e-4..1e-1)', 'decay=uniform(0..0.1)' or 'width=whole(8..64)'. Given again for further \
      settings: all combinations are tried.
      """, valueName: "name=values"))
  var vary: [String]

  @Option(help: "Where the runs are kept.", completion: .directory)
  var into: String

  @Option(help: "Draw this many combinations instead of trying all.")
  var random: Int?

  @Option(help: "How many trainings of each combination, from --seed on; the mean is compared.")
  var seeds = 1

  @Option(
    help: """
      Where random numbers start: of the first training of each combination, and of what --random \
      draws.
      """)
  var seed: UInt64 = 0

  @OptionGroup var data: DataOption
  @OptionGroup var training: TrainingArguments

  @Option(help: "How many trainings run at a time; as many as there are cores for if left out.")
  var jobs: Int?

  @Option(
    help: "How many threads each training uses; 1 if left out, more where there are cores left.")
  var threads: Int?

  @Flag(help: "Also save the weights of each run's best epoch, weights.safetensors in its folder.")
  var save = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: "The C compiler; else BNC_CC, else CC, else clang.")
  var cc: String?

  func validate() throws {
    if vary.isEmpty { throw ValidationError("--vary names no setting.") }
    if training.epochs == 0 {
      throw ValidationError("--epochs must be 1 or more to compare anything.")
    }
    if let random, random < 1 { throw ValidationError("--random must be 1 or more.") }
    guard (1...10_000).contains(seeds) else {
      throw ValidationError("--seeds must be from 1 to 10000.")
    }
    guard seed.addingReportingOverflow(UInt64(seeds)).overflow == false else {
      throw ValidationError("--seed leaves no room for so many seeds.")
    }
    for (name, number) in [("jobs", jobs), ("threads", threads)] {
      if let number, !(1...1024).contains(number) {
        throw ValidationError("--\(name) must be from 1 to 1024.")
      }
    }
  }

  func run() throws {
    if training.epochs != nil, vary.contains(where: { $0.prefix { $0 != "=" } == "epochs" }) {
      throw Failure(
        "--epochs says how long every run is, and --vary varies it", help: "leave one of them out")
    }
    let models = try SweepModels(model, vary, random: random, seed: seed)
    if models.trials.count < random ?? 0 {
      write("there are no more than \(models.trials.count) different combinations")
    }
    let runner = try SweepRunner(self, models)
    write(runner.header)
    let outcome = try runner.run(write)
    let summary = SweepSummary(
      models.trials, records: outcome.records, lost: outcome.lost, monitor: runner.monitor,
      judge: runner.judge)
    let plot = SweepPlot(summary, models.varied, title: models.source.name)
    let picture = "\(into)/sweep.svg"
    if !plot.isEmpty { try AtomicFile.write(plot.svg, to: picture) }
    if json {
      Terminal.write(try JSONText.of(summary) + "\n")
    } else {
      try show(summary, plot, models)
      if !plot.isEmpty { write("drew \(summary.judgement) against the settings to \(picture)") }
    }
    if let signal = outcome.signal {
      write(
        "stopped: \(outcome.records.count) of \(runner.count) runs are done; the same command goes on "
          + "with the others")
      throw ExitCode(128 + signal)
    }
    // A training that diverges is a result; one that could not be run is none.
    if !outcome.lost.isEmpty || summary.best == nil { throw ExitCode.failure }
  }

  private func show(_ summary: SweepSummary, _ plot: SweepPlot, _ models: SweepModels) throws {
    Terminal.write("\n" + summary.table + "\n")
    if !plot.isEmpty, let columns = Terminal.columns {
      Terminal.write(plot.text(columns: columns) + "\n")
    }
    guard let best = summary.best, let mean = best.mean else { return }
    let seeds = best.values.count > 1 ? ", the mean of \(best.values.count) seeds" : ""
    Terminal.write(
      "best: \(best.trial.words): \(summary.judgement) \(shortest(mean, digits: 6))\(seeds)\n"
        + "in the model:\n\n"
        + (try models.statements(of: best.trial)).map { "  \($0)\n" }.joined() + "\n")
  }

  /// Standard output belongs to the object where that is asked for.
  private func write(_ line: String) {
    json ? Terminal.writeError(line) : Terminal.write(line + "\n")
  }
}
