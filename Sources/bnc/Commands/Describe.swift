import ArgumentParser
import IR

/// `bnc describe MODEL.bn`
struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows a model's layers: shapes, parameters, multiply-adds and bytes.")

  @Argument(help: ArgumentHelp("The model; - is standard input.", valueName: "model.bn"))
  var path: String

  @OptionGroup var options: DiagnosticOptions

  func run() throws {
    let model = try options.checkedModel(at: path, withNotes: true)
    print(Self.text(of: model, scratchBytes: nil), terminator: "")
  }

  /// The table under a line that names the model; without `scratchBytes` that line is left out.
  static func text(of model: Model, scratchBytes: Int?) -> String {
    "\(model.name), one example:\n\n" + DescribeTable(model, scratchBytes: scratchBytes).text
  }
}
