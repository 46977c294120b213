import ArgumentParser
import Diagnostics
import Lowering
import Runner

/// What every command that runs a network takes.
struct NetworkOptions: ParsableArguments {
  @Argument(
    help: "The model (MODEL.bn, or - for standard input) or a plugin (PLUGIN.so).",
    completion: .file(extensions: ["bn", "so"]))
  var model: String

  @Option(
    help: """
      How many threads to use; all cores if left out, or a process's share of them where there are \
      several.
      """)
  var threads: Int?

  @Option(help: "Examples per step, in the place of the model's own number (MODEL.bn only).")
  var batch: Int?

  @Option(help: "The C compiler for MODEL.bn; else BNC_CC, else CC, else clang.")
  var cc: String?

  @Flag(
    help: ArgumentHelp(
      """
      Take every product of a convolution's sums, and not fewer of transformed numbers where that is \
      faster (MODEL.bn only).
      """))
  var exact = false

  func validate() throws {
    if let batch, !(1...65536).contains(batch) {
      throw ValidationError("--batch must be from 1 to 65536.")
    }
  }

  /// A pool of the threads that were asked for, of one of `processes` where there are several.
  func makePool(of processes: MPIProcesses? = nil) throws -> ThreadPool {
    let usual = processes.map(JoinedProcesses.threads) ?? availableCores()
    return try ThreadPool(threads: threads ?? usual)
  }

  /// The network's plugin, compiled first where `model` is a model's text.
  func load(needs: PluginResolver.Needs = .init()) throws -> LoadedPlugin {
    var needs = needs
    needs.isExact = exact
    return try PluginResolver.load(model, batch: batch, compiler: cc, needs: needs)
  }

  /// The same for one of `processes`, where there are several.
  func load(among processes: MPIProcesses?, needs: PluginResolver.Needs) throws -> LoadedPlugin {
    guard let processes else { return try load(needs: needs) }
    if model == "-" {
      throw Failure(
        "standard input is one process's alone, and there are \(processes.count)",
        help: "name the model's file (.bn)")
    }
    var needs = needs
    needs.processes = processes.count
    return try processes.firstOnEachHost { [needs] in try load(needs: needs) }
  }

  /// The plugin that infers single examples, where `model` is a model's text.
  func loadInference(for target: TargetMachine = .native) throws -> LoadedPlugin? {
    guard model.hasSuffix(".bn") else { return nil }
    return try PluginResolver.load(
      model, batch: batch, compiler: cc,
      needs: .init(purpose: .inference, target: target, showsWarnings: false))
  }

  /// The plugin that evaluates, where `model` is a model's text.
  func loadEvaluation(for target: TargetMachine = .native) throws -> LoadedPlugin? {
    guard model.hasSuffix(".bn") else { return nil }
    return try PluginResolver.load(
      model, batch: nil, compiler: cc,
      needs: .init(
        purpose: .evaluation, target: target, showsWarnings: false, trains: false, isExact: exact))
  }

  /// The model's text and that of each file that it includes; none of a plugin, nor of standard input,
  /// which can be read but once.
  func texts() throws -> [RunReport.Text] {
    guard model.hasSuffix(".bn") else { return [] }
    let source = try ModelFile.model(model)
    return ([source] + source.included).map { .init(name: $0.name, content: $0.text) }
  }

  /// The plugin that keeps gradients, where `model` is the file of a model's text, those of `frozen`
  /// left out.
  func loadInspection(frozen: [String]) throws -> LoadedPlugin? {
    guard model.hasSuffix(".bn") else { return nil }
    return try PluginResolver.load(
      model, batch: batch, compiler: cc,
      needs: .init(purpose: .inspection, showsWarnings: false, frozen: frozen))
  }
}

/// Prints, as notes, which tensors of a weights file and of the model do not go together.
func noteWeights(_ loaded: LoadedWeights) {
  for note in loaded.notes { Terminal.writeError("note: \(note)") }
}

/// Prints what is to be said of inputs that the model does not scale.
func noteScale(_ note: String?) {
  if let note { Terminal.writeError(note) }
}
