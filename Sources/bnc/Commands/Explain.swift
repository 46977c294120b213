import ArgumentParser
import Diagnostics
import IR
import Language
import Operators

/// `bnc explain CODE`
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explains a diagnostic or a word of the language; without an argument, lists them.",
    discussion: """
      --editor prints the words as a syntax file: of Vim, or a TextMate grammar, which Visual Studio \
      Code, Sublime Text and Zed read.
      """)

  @Argument(help: "A diagnostic's code, such as shape-mismatch, or a word, such as conv.")
  var topic: String?

  @Option(help: "Print a syntax file of an editor instead.")
  var editor: EditorSyntax?

  func validate() throws {
    if topic != nil, editor != nil {
      throw ValidationError("--editor prints all words: leave out the topic, or the option.")
    }
  }

  func run() throws {
    if let editor {
      print(editor.text(of: .standard), terminator: "")
      return
    }
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

extension EditorSyntax: ExpressibleByArgument {}
