import ArgumentParser
import CodeGeneration
import Diagnostics
import Driver
import Lowering
import Runner

/// `bnc freeze`: a trained network as C that stands alone.
struct Freeze: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a trained network as one C file and a header, its weights in it.",
    discussion: """
      NAME_run(input, output, scratch) of the C needs no other file, allocates nothing and calls nothing but \
      functions of math.h that its first lines name. Batch norms are folded into the weights, inputs are \
      scaled inside. The same model, weights and options give the same C on every machine.
      """)

  @Argument(
    help: ArgumentHelp("The model; - is standard input.", valueName: "model.bn"),
    completion: .file(extensions: ["bn"]))
  var path: String

  @Option(help: "The weights (safetensors).", completion: .file())
  var load: String

  @Option(
    name: [.customShort("o"), .customLong("output-file")],
    help: "The C file to write, NAME.c; NAME.h and what else there is are written beside it.",
    completion: .file(extensions: ["c"]))
  var file: String

  @Option(help: "What the names in the C begin with, in the place of the file's own name.")
  var name: String?

  @Option(
    help: ArgumentHelp(
      "The machine to write for: portable, C99 to C17 and C++17 without extensions; or with vectors, as gcc and "
        + "clang have them, \(Self.targets).", valueName: "target"))
  var target = TargetMachine.portable.name

  @Option(help: "Examples a call.")
  var batch = 1

  @Option(
    help: """
      What a caller hands over: bytes, which are scaled inside, or float. Left out, bytes where the model says \
      `data scale(...)` of bytes.
      """)
  var input: PlanOptions.Embedding?

  @Option(
    help:
      "What comes out: logits, the model's own outputs, or softmax: probabilities, of a logit its sigmoid."
  )
  var output = FrozenOptions.Output.logits

  @Option(
    help: """
      Where the weights are: embed, constants in the C; section, the same in a section that a linker script \
      places; file, NAME.weights, which the caller brings into memory.
      """)
  var weights = FrozenOptions.Weights.embed

  @Flag(
    help:
      "Write NAME_main.c too, a program that reads an input from a raw file and prints the outputs."
  )
  var main = false

  @Option(
    help: """
      Compile the C, run it on these data beside training's evaluation, and print the differences: what --data of \
      `bnc evaluate` takes, or - for examples that bnc draws.
      """, completion: .file())
  var check: String?

  @Option(help: "Which part of the data --check takes: train, validation or test.")
  var part: Dataset.Part = .test

  @Option(help: "The C compiler; else BNC_CC, else CC, else clang.")
  var cc: String?

  @OptionGroup var diagnostics: DiagnosticOptions

  private static let targets = (TargetMachine.named.map(\.name) + ["native"]).joined(
    separator: ", ")

  func validate() throws {
    if !(1...65536).contains(batch) { throw ValidationError("--batch must be from 1 to 65536.") }
  }

  func run() throws {
    let files = try FrozenFiles(network: file)
    var options = try FrozenOptions(name: FrozenName(name ?? files.name), stem: files.name)
    options.batch = batch
    options.output = output
    options.weights = weights
    let machine =
      target == TargetMachine.portable.name ? .portable : try TargetMachine.named(target)
    let source = try ModelFile.model(path)
    let model = try Compiler.model(source, CompileOptions(trains: false))
    let plan = PlanOptions(
      target: machine, purpose: .inference, embedding: input ?? Compiler.embedding(of: model))
    let plugin = try PluginResolver.load(
      source, batch: nil, compiler: cc, needs: .init(trains: false))
    let net = try Network(plugin, host: Host(pool: try ThreadPool(threads: availableCores())))
    let loaded = try net.loadWeights(from: load)
    noteWeights(loaded)
    options.takeNames(of: loaded, for: plugin.description)
    options.facts = [FrozenFacts.weights(load, plugin.description)]
    func freeze() throws -> FrozenSource {
      try Compiler.freeze(source, plan, options) { try net.values(of: $0) }
    }
    var frozen = try freeze()
    if let check {
      let facts = try FrozenFacts(
        of: net, frozen, options, plan, check: check, part, compiler: .find(named: cc))
      Terminal.write(facts.printed)
      options.facts += facts.comments
      frozen = try freeze()
    }
    for path in try files.write(frozen, main: main) { Terminal.write("wrote \(path)\n") }
    Terminal.write(
      "\(options.name.text)_run: \(frozen.constantBytes) bytes of weights, \(frozen.scratch * 4) of scratch\n"
    )
  }
}

extension FrozenOptions {
  /// The names that the weights' file has for the classes, where they are as many as a target has.
  fileprivate mutating func takeNames(of loaded: LoadedWeights, for description: PluginDescription)
  {
    let names = loaded.classNames
    if description.targets.contains(where: { $0.classes == names.count }) { classNames = names }
  }
}

extension PlanOptions.Embedding: ExpressibleByArgument {}

extension FrozenOptions.Output: ExpressibleByArgument {}

extension FrozenOptions.Weights: ExpressibleByArgument {}
