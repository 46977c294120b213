import ArgumentParser
import Diagnostics
import Driver
import Foundation
import Language
import Lowering
import Runner

/// `bnc compile`: writes the C and the plugin, or prints a stage.
struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a model as C, and the C as a plugin.",
    discussion: """
      Writes Generated/<model>/<model>.c, .h and .so below the current folder. The C depends on \
      the model, its file's name and the options alone: it is the same from run to run and from \
      machine to machine.
      """)

  @Argument(
    help: ArgumentHelp("The model; - is standard input.", valueName: "model.bn"),
    completion: .file(extensions: ["bn"]))
  var path: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "The folder to write to.",
    completion: .directory)
  var folder: String?

  @Option(help: "Print a stage instead: \(Stage.names).")
  var emit: Stage?

  @Option(help: "Print what a pass hands on instead; --time-passes lists the passes.")
  var printAfter: String?

  @Flag(help: "Print to standard error how long each pass took, and to verify what it handed on.")
  var timePasses = false

  @OptionGroup var plan: PlanArguments

  @Flag(
    help: """
      Write plain C around the network too: <model>_trainer.h and .c, which train it in a program of \
      your own, and <model>_main.c, a program that trains it a few steps.
      """)
  var host = false

  @Option(help: "The C compiler; else BNC_CC, else CC, else clang.")
  var cc: String?

  @OptionGroup var diagnostics: DiagnosticOptions

  func validate() throws {
    if host, plan.processes > 1 {
      throw ValidationError(
        "--host writes a trainer of one process, and --processes a plugin for several.")
    }
  }

  func run() throws {
    let source = try ModelFile.model(path)
    if emit == .tokens || emit == .syntax {
      try printFront(source)
      return
    }
    var options = try plan.compileOptions()
    options.printedPass = printAfter
    let compilation = try diagnostics.compiled(source, options)
    if timePasses { StandardError.write(compilation.timingText) }
    if let printAfter {
      print(try compilation.text(after: printAfter), terminator: "")
      return
    }
    if let emit {
      print(emit.text(of: compilation), terminator: "")
      return
    }
    let target = try plan.compileOptions().plan.target
    let compiler = try CCompiler.find(named: cc)
    let files = PluginFiles(
      compilation: compilation, folder: folder ?? "Generated/\(compilation.model.name)")
    // The C is the product; whoever names a compiler wants its plugin too.
    let hasPlugin = try files.write(
      with: compiler, target: target, host: host, needsPlugin: cc != nil || !target.isForeign)
    for file in files.all(host: host) where hasPlugin || file != files.plugin {
      print("wrote \(file)")
    }
    if !hasPlugin {
      let architecture = target.name == TargetMachine.aarch64.name ? "aarch64" : "x86_64"
      Terminal.writeError(
        "note: passed over \(files.plugin): \(compiler.path) does not compile for \(target.name)\n"
          + "help: name a cross compiler, such as --cc \(architecture)-linux-gnu-gcc")
    }
  }

  /// The stages before the model is known to be valid: they print what there is.
  private func printFront(_ source: SourceFile) throws {
    let (syntax, found) = Frontend.parse(source)
    print(
      emit == .tokens
        ? TokenText.describe(Frontend.tokens(of: source).tokens) : SyntaxText.describe(syntax),
      terminator: "")
    try diagnostics.show(found, in: source)
    if found.contains(where: { $0.severity == .error }) { throw ExitCode.failure }
  }
}

/// The stages of the compiler that can be printed.
enum Stage: String, CaseIterable, ExpressibleByArgument {
  case tokens, syntax, model, training, kernels, memory, c, header

  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The text of this stage.
  func text(of compilation: Compilation) -> String {
    switch self {
    case .tokens: TokenText.describe(Frontend.tokens(of: compilation.source).tokens)
    case .syntax: SyntaxText.describe(Frontend.parse(compilation.source).syntax)
    case .model: compilation.modelText
    case .training: compilation.graph.text
    case .kernels: compilation.kernels.text
    case .memory: compilation.memory.text(of: compilation.kernels)
    case .c: compilation.plugin.network
    case .header: compilation.plugin.header
    }
  }
}

extension DiagnosticOptions {
  /// `source` compiled. What is wrong with it is shown; errors end the command.
  func compiled(
    _ source: SourceFile, _ options: CompileOptions, withNotes: Bool = false
  ) throws -> Compilation {
    do {
      let compilation = try Compiler.compile(source, options)
      try show(compilation.diagnostics, in: source, withNotes: withNotes)
      return compilation
    } catch let errors as ModelErrors {
      try show(errors.diagnostics, in: source, withNotes: withNotes)
      throw ExitCode.failure
    }
  }
}
