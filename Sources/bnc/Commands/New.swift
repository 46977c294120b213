import ArgumentParser
import Diagnostics
import Driver
import Files
import Foundation
import Runner

/// `bnc new NAME`
struct New: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes an example model into the current folder, to start from.")

  @Argument(
    help: "The example's name; --list says what there is.",
    completion: .list(ExampleModels.all.map(\.name)))
  var name: String?

  @Option(
    name: [.short, .long], help: "The file to write; NAME.bn if left out.", completion: .file())
  var output: String?

  @Flag(help: "Write over a file that is there already.")
  var force = false

  @Flag(help: "List the examples instead.")
  var list = false

  func validate() throws {
    if list, name != nil || output != nil || force {
      throw ValidationError("--list stands alone.")
    }
    if !list, name == nil {
      throw ValidationError("Name an example, or list them with --list.")
    }
  }

  func run() throws {
    guard let name else {
      print(Self.table, terminator: "")
      return
    }
    let example = try ExampleModels.named(name)
    let path = output ?? "\(example.name).bn"
    if !force, FileManager.default.fileExists(atPath: path) {
      throw Failure(
        "is there already", path: path, help: "--force writes over it, -o FILE writes another file")
    }
    try AtomicFile.write(example.text, to: path)
    print("wrote \(path)")
  }

  /// The examples' names, and what each is.
  private static var table: String {
    TextTable(.left, rows: ExampleModels.all.map { [$0.name, $0.summary] }).text
  }
}
