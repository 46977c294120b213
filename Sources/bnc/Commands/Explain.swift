import ArgumentParser
import Diagnostics
import IR
import Language
import Operators

/// `bnc explain CODE`
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explains a diagnostic or a word of the language; without an argument, lists them.")

  @Argument(help: "A diagnostic's code, such as shape-mismatch, or a word, such as conv.")
  var topic: String?

  func run() throws {
    guard let topic else {
      print(Topics.list(of: .standard), terminator: "")
      return
    }
    guard let text = Topics.text(about: topic, in: .standard) else {
      let nearest = Topics.nearest(to: topic, in: .standard).map { "did you mean '\($0)'?" }
      throw Failure(
        "there is nothing to explain about '\(topic.prefix(64))'",
        help: nearest ?? "'bnc explain' lists what there is")
    }
    print(text, terminator: "")
  }
}
