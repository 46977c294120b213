import ArgumentParser
import Diagnostics
import Driver
import IR
import Lowering

/// `bnc describe MODEL.bn`
struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Shows a model's layers: shapes, parameters, multiply-adds and bytes; or its schedule.")

  @Argument(help: ArgumentHelp("The model; - is standard input.", valueName: "model.bn"))
  var path: String

  @OptionGroup var plan: PlanArguments

  @OptionGroup var training: ScheduleArguments

  @OptionGroup var options: DiagnosticOptions

  func run() throws {
    let source = try ModelFile.model(path)
    let compilation = try options.compiled(
      source, plan.compileOptions(), withNotes: !training.schedule)
    if training.schedule { return try training.draw(compilation.model) }
    let kernels = compilation.kernels
    let summary = ModelSummary(
      compilation.model, elementBytes: kernels.options.precision.bytes,
      scratchBytes: compilation.memory.size, scratch: kernels.scratchByValue())
    print(
      """
      \(compilation.model.name): shapes, parameters and multiply-adds of one example; \
      scratch of a batch of \(compilation.model.training.batch)

      \(summary.text)
      Scratch that lives at different times shares a place, so the total is less than the sum.
      """)
    if kernels.options.purpose == .training {
      print(
        "A training takes \(grouped(kernels.keptBytes + compilation.memory.size)) bytes: parameters, "
          + "state, what the optimizer keeps, and scratch"
          + (kernels.threadBytes > 0
            ? "; each thread has \(grouped(kernels.threadBytes)) more for itself." : "."))
    }
    if let sounds = compilation.model.training.soundText { print("\n" + sounds) }
  }
}
