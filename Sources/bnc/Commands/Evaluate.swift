import ArgumentParser
import Diagnostics
import Runner

/// `bnc evaluate`: how good saved weights are.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the loss, the accuracy and the confusion matrix of saved weights.")

  @OptionGroup var network: NetworkOptions
  @OptionGroup var data: DataOption

  @Option(help: "The weights (safetensors).", completion: .file())
  var weights: String

  @Option(help: "Which part of the data: train or test.")
  var part: Dataset.Part = .test

  func run() throws {
    let plugin = try network.load(needs: .init(trains: false))
    let pool = try network.makePool()
    let net = try Network(plugin, host: Host(pool: pool))
    noteIgnored(try net.loadWeights(from: weights), in: weights)
    let (examples, note) = try data.examples(part, for: plugin, pool: pool)
    if let note { Terminal.write(note + "\n") }
    if data.data != nil { noteScale(examples.scaleNote(plugin.description)) }
    write(try net.evaluate(examples), count: examples.count)
  }

  private func write(_ evaluation: Evaluation, count: Int) {
    Terminal.write("loss \(shortest(evaluation.loss, digits: 12))\n")
    if let accuracy = evaluation.accuracy {
      let correct = Int((accuracy * Double(count)).rounded())
      Terminal.write("accuracy \(shortest(accuracy, digits: 6)) (\(correct) of \(count))\n")
    }
    if let confusion = evaluation.confusion { Terminal.write("\(confusion)") }
  }
}

extension Dataset.Part: ExpressibleByArgument {}
