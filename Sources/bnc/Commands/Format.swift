import ArgumentParser
import Diagnostics
import Files
import Foundation
import Language
import Runner

/// `bnc format MODEL.bn`
struct Format: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lays models out; comments stay. Prints the result unless told otherwise.")

  @Argument(help: ArgumentHelp("The models; - is standard input.", valueName: "model.bn"))
  var paths: [String]

  @Flag(help: "Write each file in place.")
  var write = false

  @Flag(help: "Write nothing; exit with 1 and name the files that are laid out otherwise.")
  var check = false

  @Option(name: [.short, .long], help: "Write the result to this file.")
  var output: String?

  @OptionGroup var options: DiagnosticOptions

  func validate() throws {
    if [write, check, output != nil].filter({ $0 }).count > 1 {
      throw ValidationError("--write, --check and --output exclude one another.")
    }
    if output != nil, paths.count > 1 {
      throw ValidationError("--output takes the result of one model, and there are \(paths.count).")
    }
    if write, paths.contains("-") {
      throw ValidationError("Standard input cannot be written in place; leave --write out.")
    }
  }

  func run() throws {
    var isValid = true
    for path in paths {
      let source = try ModelFile.read(path)
      switch Formatter.format(source) {
      case .success(let text):
        if try !deliver(text, of: source, at: path) { isValid = false }
      case .failure(let error):
        try options.show(error.diagnostics, in: source)
        isValid = false
      }
    }
    if !isValid { throw ExitCode.failure }
  }

  /// Puts `text` where it belongs. False where `--check` finds a difference.
  private func deliver(_ text: String, of source: SourceFile, at path: String) throws -> Bool {
    let isChanged = Array(text.utf8) != source.bytes
    if check {
      if isChanged { print("\(source.name): would be laid out anew by 'bnc format --write'") }
      return !isChanged
    }
    if write {
      if isChanged { try save(text, to: path) }
    } else if let output {
      try save(text, to: output)
    } else {
      print(text, terminator: "")
    }
    return true
  }

  private func save(_ text: String, to path: String) throws {
    try AtomicFile.write(text, to: path)
  }
}
