import ArgumentParser
import Files
import Runner

/// `bnc predict`: what a network with saved weights makes of inputs.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints or saves the outputs for inputs from an NPY or a CSV file.")

  @OptionGroup var network: NetworkOptions

  @Option(help: "The weights (safetensors).", completion: .file())
  var weights: String

  @Option(
    help:
      """
      The inputs: FILE.npy (floats of 16, 32 or 64 bits, or integers of 8 to 64) or FILE.csv, with \
      or without NAME= before it; one example or several.
      """,
    completion: .file(extensions: ["npy", "csv"]))
  var input: NamedFile

  @Option(help: "Where to save the outputs (NPY) instead of printing them.", completion: .file())
  var save: String?

  func run() throws {
    let plugin = try network.load(needs: .init(trains: false))
    try input.check(plugin.description.inputName, kind: "input")
    if let save { try AtomicFile.checkWritable(save) }
    let net = try Network(plugin, host: Host(pool: try network.makePool()))
    noteIgnored(try net.loadWeights(from: weights), in: weights)
    let inputs = try TensorFile.read(input.path)
    noteScale(inputs.scaleNote(plugin.description))
    let outputs = try net.predict(inputs, path: input.path)
    if let save {
      try NPY.write(outputs, to: save)
      Terminal.write("saved \(outputs.shape[0]) outputs to \(save)\n")
    } else {
      Terminal.write("\(TensorText(outputs))\n")
    }
  }
}
