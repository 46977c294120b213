import ArgumentParser
import Diagnostics
import Files
import Lowering
import Runner

/// `bnc step`: one forward and backward pass without the update, all values kept for inspection.
struct Step: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs one pass and prints outputs, loss, parameters and gradients.")

  @OptionGroup var network: NetworkOptions

  @Option(help: "Weights (safetensors); left out, the model's start.", completion: .file())
  var weights: String?

  @Option(help: "Where random numbers start: the parameters' without --weights, dropout's.")
  var seed: UInt64 = 0

  @Option(
    help: """
      The inputs: NAME=FILE.npy (floats of 16, 32 or 64 bits, or integers of 8 to 64), or FILE.csv, \
      one row per example; of a model with several inputs one for each.
      """,
    completion: .file(extensions: ["npy", "csv"]))
  var input: [NamedFile]

  @Option(
    help: "The targets: NAME=FILE.npy, or FILE.csv; of a model with several one for each.",
    completion: .file(extensions: ["npy", "csv"]))
  var target: [NamedFile]

  @Option(help: "With the batch's statistics (train) or the running ones (evaluate).")
  var mode: OneStep.Mode = .train

  @Option(help: "What to compute with: float or double.")
  var precision: Precision = .float

  @Option(help: "A batch norm to look into, by name; can be given again.")
  var trace: [String] = []

  @Option(help: "Where to save every layer's result (safetensors).", completion: .file())
  var saveOutputs: String?

  @Option(help: "Where to save all gradients (safetensors).", completion: .file())
  var saveGradients: String?

  @Option(help: "Where to save the running statistics (safetensors).", completion: .file())
  var saveState: String?

  func run() throws {
    let plugin = try network.load(
      needs: .init(
        purpose: .inspection, precision: precision, trains: mode == .train))
    let inputFiles = try input.ordered(for: plugin.description.inputs, kind: "input")
    let targetFiles = try target.ordered(for: plugin.description.targets, kind: "target")
    for path in [saveOutputs, saveGradients, saveState].compactMap(\.self) {
      try AtomicFile.checkWritable(path)
    }
    let net = try Network(
      plugin, host: Host(pool: try network.makePool()), withGradients: true)
    net.regions.initialize(plugin.description, seed: seed)
    if let weights {
      noteWeights(try net.loadWeights(from: weights))
    } else if let whitening = plugin.description.whitenings.first {
      throw Failure(
        "'\(whitening.tensor.name)' starts as the training data say, which a step does not have",
        help: "give it weights: --weights FILE.safetensors, as bnc train --save writes them")
    }
    let inputs = try zip(plugin.description.inputs, inputFiles).map {
      (tensor: try TensorFile.read($1.path, for: $0), path: $1.path)
    }
    for (value, input) in zip(plugin.description.inputs, inputs) {
      noteScale(input.tensor.scaleNote(value, isOnly: inputs.count == 1))
    }
    let step = try OneStep(
      net, inputs: inputs,
      targets: try targetFiles.map { (tensor: try TensorFile.read($0.path), path: $0.path) },
      mode: mode, seed: seed)
    try StepText(step).write(traces: trace)
    try save(step)
    if let place = step.notFinite { throw Failure("the loss is not finite\(place.words)") }
  }

  private func save(_ step: OneStep) throws {
    if let saveOutputs {
      let names = Set(step.outputs.map(\.name))
      let others = step.values.filter { !names.contains($0.name) }
      try SafeTensors.write(step.outputs + others, to: saveOutputs)
    }
    if let saveGradients {
      try SafeTensors.write(step.gradients + step.valueGradients, to: saveGradients)
    }
    if let saveState { try SafeTensors.write(step.state, to: saveState) }
  }
}

extension OneStep.Mode: ExpressibleByArgument {}
