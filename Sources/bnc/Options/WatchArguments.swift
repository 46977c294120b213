import ArgumentParser
import Diagnostics
import Files
import Runner

/// What `bnc train` writes beside the weights, for people to look at.
struct WatchArguments: ParsableArguments {
  @Option(
    help: """
      Where to log a line for each epoch, and the run's settings in the first line: FILE.csv, or \
      FILE.json in JSON Lines; can be given again. `bnc plot` compares logs.
      """, completion: .file(extensions: ["csv", "json", "jsonl"]))
  var log: [String] = []

  @Option(
    help: """
      A folder to write events for TensorBoard to, one for each run: of each epoch all numbers, histograms \
      of the parameters and of their gradients over the first batch (of PLUGIN.so, which keeps none, of how \
      far the epoch moved them), and the confusion matrix as a picture.
      """, completion: .directory)
  var tensorboard: String?

  @Option(
    help: """
      Where to put a page about the run in the end (HTML, all in one file): curves, confusion matrix, a table \
      of the classes, the worst examples, the model and the command.
      """, completion: .file(extensions: ["html"]))
  var report: String?

  /// The same without anything to write.
  var withoutFiles: WatchArguments {
    var arguments = self
    (arguments.log, arguments.tensorboard, arguments.report) = ([], nil, nil)
    return arguments
  }

  /// Fails now, not after hours of training, where something cannot be written later.
  func check() throws {
    for path in log { try LogReport.check(path) }
    if let report { try AtomicFile.checkWritable(report) }
  }
}
