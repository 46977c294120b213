import ArgumentParser
import Diagnostics
import Driver
import Foundation
import Lowering

/// `bnc compile`: writes the C, or prints a stage.
struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a model as C, and as a plugin.")

  @Argument(help: "The model file.")
  var model: String

  @Option(help: "The machine: x86-64-v3, x86-64-v4, x86-64, aarch64, generic, native.")
  var target = "x86-64-v3"

  @Option(help: "Print a stage.")
  var emit: String?

  @Option(help: "Examples a step, in the place of the model's own number.")
  var batch: Int?

  @Option(help: "float or double.")
  var precision = "float"

  @Option(help: "on or off.")
  var fuse = "on"

  @Flag(help: "One step laid open.")
  var inspect = false

  @Option(name: .shortAndLong)
  var output: String?

  func run() throws {
    let source = SourceFile(name: model, text: try String(contentsOfFile: model, encoding: .utf8))
    let options = CompileOptions(
      plan: PlanOptions(
        target: try .named(target), precision: precision == "double" ? .double : .float,
        fuses: fuse != "off", purpose: inspect ? .inspection : .training),
      batch: batch)
    let compilation: Compilation
    do { compilation = try Compiler.compile(source, options) } catch let error as ModelErrors {
      for d in error.diagnostics { print(d) }
      throw ExitCode(1)
    }
    if emit == "c" {
      print(compilation.plugin.network, terminator: "")
      return
    }
    let name = compilation.model.name
    let folder = output ?? "Generated/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try compilation.plugin.network.write(
      toFile: "\(folder)/\(name).c", atomically: true, encoding: .utf8)
    try compilation.plugin.header.write(
      toFile: "\(folder)/\(name).h", atomically: true, encoding: .utf8)
    try compilation.plugin.host.write(toFile: "\(folder)/main.c", atomically: true, encoding: .utf8)
    try CCompiler.find(named: nil).build(
      source: "\(folder)/\(name).c", output: "\(folder)/\(name).so", target: options.plan.target)
  }
}
