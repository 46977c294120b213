import ArgumentParser
import Diagnostics
import Driver
import Exporting
import Files
import IR
import Lowering
import Runner

/// `bnc export`: a trained network in other programs' words.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a trained network for other programs: ONNX.",
    discussion: """
      The ONNX file has the network's evaluation, its weights in it: any number of examples a call, inputs and       outputs by the model's names. The same model, weights and options give the same files on every machine.
      """)

  @Argument(
    help: ArgumentHelp("The model; - is standard input.", valueName: "model.bn"),
    completion: .file(extensions: ["bn"]))
  var path: String

  @Option(help: "The weights (safetensors).", completion: .file())
  var load: String?

  @Option(
    help: "The ONNX file to write.", completion: .file(extensions: ["onnx"]))
  var onnx: String?

  @Option(
    help: """
      What a caller hands over: bytes, which are scaled inside, or float. Left out, bytes where the model says       `data scale(...)` of bytes.
      """)
  var input: PlanOptions.Embedding?

  @Option(
    help:
      "What comes out: logits, the model's own outputs, or softmax: probabilities, of a logit its sigmoid."
  )
  var output = ExportedOutput.logits

  @Option(help: "The C compiler, which checks weights; else BNC_CC, else CC, else clang.")
  var cc: String?

  func validate() throws {
    if onnx == nil { throw ValidationError("Say what to write: --onnx FILE.") }
    if load == nil { throw ValidationError("--onnx needs the weights: --load FILE.") }
  }

  func run() throws {
    let source = try ModelFile.model(path)
    let model = try Compiler.model(source, CompileOptions(trains: false))
    for path in [onnx].compactMap(\.self) { try AtomicFile.checkWritable(path) }
    var options = ExportOptions(
      source, takesBytes: (input ?? Compiler.embedding(of: model)) == .bytes)
    options.makesProbabilities = output == .softmax
    guard let load, let onnx else { return }
    let weights = try ExportedWeights(load, of: source, compiler: cc)
    options.classNames = weights.classNames
    let bytes = try Compiler.onnx(model, options) { try weights.values(of: $0) }
    try AtomicFile.write(to: onnx) { try $0.write(bytes) }
    Terminal.write("wrote \(onnx)\n")
  }
}

/// What comes out of an exported network.
enum ExportedOutput: String, CaseIterable, ExpressibleByArgument {
  case logits, softmax
}

/// A trained network's weights.
struct ExportedWeights {
  private let network: Network
  /// What the data called the classes; empty where they did not.
  let classNames: [String]

  /// The weights in the file at `path`.
  ///
  /// - Throws: `Failure` where they are not those of the model, or were never trained.
  init(_ path: String, of source: SourceFile, compiler: String?) throws {
    let plugin = try PluginResolver.load(
      source, batch: nil, compiler: compiler, needs: .init(trains: false))
    network = try Network(plugin, host: Host(pool: try ThreadPool(threads: availableCores())))
    let loaded = try network.loadWeights(from: path)
    noteWeights(loaded)
    let names = loaded.classNames
    let fits = plugin.description.targets.contains { $0.classes == names.count }
    classNames = fits ? names : []
  }

  /// The numbers of a parameter or a statistic, in C order.
  func values(of name: String) throws -> [Double] { try network.values(of: name) }
}
