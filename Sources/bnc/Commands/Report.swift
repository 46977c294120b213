import ArgumentParser
import Diagnostics
import Files
import Runner

/// `bnc report`: the page about a run that is over, from its log.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Writes a page about a run from its log: settings, curves, the best epoch, all epochs.",
    discussion: """
      What only the network and its data tell, as the confusion matrix, is on the page of \
      'bnc train --report'. A run that is still going on, or that was killed, is told as far as it has come.
      """)

  @Argument(
    help: "The log of bnc train --log (CSV or JSON Lines).",
    completion: .file(extensions: ["csv", "json", "jsonl"]))
  var log: String

  @Option(
    name: .shortAndLong, help: "Where to put the page (HTML, all in one file).",
    completion: .file(extensions: ["html"]))
  var output: String

  func run() throws {
    guard !FileIdentity.isSame(log, output) else {
      throw Failure(
        "is the log itself, which the page would replace", path: output,
        help: "put the page into another file")
    }
    try AtomicFile.checkWritable(output)
    try LogPage(try RunLog(log)).write(to: output)
    Terminal.write("put a page about the run into \(output)\n")
  }
}
