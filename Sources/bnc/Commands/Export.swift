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
    abstract: "Writes a network for other programs: as ONNX, as a module of PyTorch.",
    discussion: """
      The ONNX file has the network's evaluation, its weights in it: any number of examples a call, inputs and \
      outputs by the model's names. The Python file has the network's module as one would write it by hand, and \
      says how it loads the weights. The same model, weights and options give the same files on every machine.
      """)

  @Argument(
    help: ArgumentHelp("The model; - is standard input.", valueName: "model.bn"),
    completion: .file(extensions: ["bn"]))
  var path: String

  @Option(
    help: "The weights (safetensors), for --onnx and --state-dict.", completion: .file())
  var load: String?

  @Option(
    help: "The ONNX file to write.", completion: .file(extensions: ["onnx"]))
  var onnx: String?

  @Option(
    help: "The Python file to write, with a module of PyTorch.",
    completion: .file(extensions: ["py"]))
  var pytorch: String?

  @Option(
    help: "The weights' file to write (safetensors), by the names that the module's tensors have.",
    completion: .file(extensions: ["safetensors"]))
  var stateDict: String?

  @Option(
    help: """
      What a caller hands over: bytes, which are scaled inside, or float. Left out, --onnx takes bytes where the \
      model says `data scale(...)` of bytes, and --pytorch floats.
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
    guard !files.isEmpty else {
      throw ValidationError("Say what to write: --onnx, --pytorch or --state-dict FILE.")
    }
    if load == nil, pytorch == nil || files.count > 1 {
      throw ValidationError("--onnx and --state-dict need the weights: --load FILE.")
    }
  }

  private var files: [String] { [onnx, pytorch, stateDict].compactMap(\.self) }

  func run() throws {
    let source = try ModelFile.model(path)
    let model = try Compiler.model(source, CompileOptions(trains: false))
    for path in files { try AtomicFile.checkWritable(path) }
    let weights = try load.map { try ExportedWeights($0, of: source, compiler: cc) }
    var options = ExportOptions(source, takesBytes: input == .bytes)
    options.makesProbabilities = output == .softmax
    options.classNames = weights?.classNames ?? []
    // All is made before any of it is written.
    let network = try pytorch == nil && stateDict == nil ? nil : Compiler.pytorch(model, options)
    var contents: [(path: String, write: (AtomicFile) throws -> Void)] = []
    if let onnx, let weights {
      options.takesBytes = (input ?? Compiler.embedding(of: model)) == .bytes
      let bytes = try Compiler.onnx(model, options) { try weights.values(of: $0) }
      contents.append((onnx, { try $0.write(bytes) }))
    }
    if let pytorch, let network {
      contents.append((pytorch, { try $0.write(Array(network.text.utf8)) }))
    }
    let tensors = try weights.flatMap { weights in
      try network.map { try weights.tensors(of: $0) }
    }
    for (path, write) in contents {
      try AtomicFile.write(to: path, write)
      Terminal.write("wrote \(path)\n")
    }
    if let stateDict, let tensors {
      try SafeTensors.write(tensors, to: stateDict)
      Terminal.write("wrote \(stateDict)\n")
    }
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

  /// The tensors of the `state_dict` of `module`.
  func tensors(of module: PyTorchNetwork) throws -> [(name: String, tensor: Tensor)] {
    try module.tensors.map { tensor in
      let count = tensor.shape.reduce(1, *)
      switch tensor.content {
      case .own(let name):
        return (
          tensor.name, try Tensor(shape: tensor.shape, values: values(of: name), as: .float32)
        )
      case .ones:
        let ones = [Double](repeating: 1, count: count)
        return (tensor.name, try Tensor(shape: tensor.shape, values: ones, as: .float32))
      case .batchCount: return (tensor.name, try Tensor(shape: tensor.shape, integer: 0))
      }
    }
  }
}
