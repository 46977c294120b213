import ArgumentParser
import Files
import Runner

/// `bnc predict`: what a network with saved weights makes of inputs.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints or saves the outputs for inputs from an NPY or a CSV file, or an image.",
    discussion: """
      Where the training's data had names for the classes, as folders of images have, the weights' file \
      has them too, and the class of each example is printed by its name.
      """)

  @OptionGroup var network: NetworkOptions

  @Option(help: "The weights (safetensors).", completion: .file())
  var weights: String

  @Option(
    help:
      """
      The inputs: FILE.npy (floats of 16, 32 or 64 bits, or integers of 8 to 64), FILE.csv, or an \
      image FILE.png or FILE.jpg, with or without NAME= before it; one example or several. Of a model with several inputs one \
      NAME=FILE for each.
      """,
    completion: .file(extensions: ["npy", "csv", "png", "jpg", "jpeg"]))
  var input: [NamedFile]

  @Option(
    help: "Where to save the outputs (NPY; several as safetensors) instead of printing them.",
    completion: .file())
  var save: String?

  func run() throws {
    let plugin = try network.load(needs: .init(purpose: .evaluation, trains: false))
    let files = try input.ordered(for: plugin.description.inputs, kind: "input")
    if let save { try AtomicFile.checkWritable(save) }
    let net = try Network(plugin, host: Host(pool: try network.makePool()))
    let loaded = try net.loadWeights(from: weights)
    noteWeights(loaded)
    let inputs = try zip(plugin.description.inputs, files).map {
      (tensor: try TensorFile.read($1.path, for: $0), path: $1.path)
    }
    for (value, input) in zip(plugin.description.inputs, inputs) {
      noteScale(input.tensor.scaleNote(value, isOnly: inputs.count == 1))
    }
    let outputs = try net.predict(inputs)
    let named = zip(plugin.description.outputs, outputs).map { (name: $0.name, tensor: $1) }
    guard let save else {
      for output in named {
        if named.count > 1 { Terminal.write("\(output.name)\n") }
        Terminal.write("\(TensorText(output.tensor))\n")
      }
      Terminal.write(
        PredictedClasses(outputs, of: plugin.description, names: loaded.classNames).description)
      return
    }
    if named.count == 1 {
      try NPY.write(outputs[0], to: save)
    } else {
      try SafeTensors.write(named, to: save)
    }
    Terminal.write("saved \(outputs[0].shape[0]) outputs to \(save)\n")
  }
}
