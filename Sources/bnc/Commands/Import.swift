import ArgumentParser
import Diagnostics
import Driver
import Files
import Foundation
import Runner

/// `bnc import`: a network of other programs in the language.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the network of an ONNX file as a model, with its weights beside it.",
    discussion: """
      NAME.bn is the network in the language, to be read and changed, and NAME.safetensors its weights under the \
      names of its layers: bnc evaluate, predict and freeze take them with --weights or --load, and bnc train goes on \
      from them. What the language has no words for is refused with the node and the reason, and nothing is written.
      """)

  @Argument(
    help: ArgumentHelp("The ONNX file.", valueName: "model.onnx"),
    completion: .file(extensions: ["onnx"]))
  var path: String

  @Option(
    name: [.short, .long],
    help:
      "The model file to write, NAME.bn; the ONNX file's name in the current folder if left out.",
    completion: .file(extensions: ["bn"]))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The sizes of an input without the batch, where the file leaves them open.",
      valueName: "name=3,224,224"))
  var shape: [String] = []

  @Flag(help: "Write over files that are there already.")
  var force = false

  func run() throws {
    let model = try modelPath()
    let weights = "\(model.dropLast(3)).safetensors"
    for path in [model, weights] {
      if !force, FileManager.default.fileExists(atPath: path) {
        throw Failure(
          "is there already", path: path,
          help: "--force writes over it, -o NAME.bn writes another file")
      }
      try AtomicFile.checkWritable(path)
    }
    let network = try read(stem: Self.last(model).dropLast(3))
    let tensors = try network.tensors.map { tensor in
      (name: tensor.name, tensor: try Tensor(shape: tensor.shape, floats: tensor.numbers))
    }
    // The model appears when its weights are there.
    try AtomicFile.write(to: model) { file in
      try file.write(Array(network.text.utf8))
      try SafeTensors.write(
        tensors, metadata: ["bnc.model": String(Self.last(model).dropLast(3))], to: weights)
    }
    for note in network.notes { Terminal.writeError("note: \(note.escapingControls)") }
    Terminal.write("wrote \(model)\nwrote \(weights)\n")
  }

  private func modelPath() throws(Failure) -> String {
    let stem =
      Self.last(path).hasSuffix(".onnx") ? Self.last(path).dropLast(5) : Self.last(path)[...]
    let model = output ?? "\(stem).bn"
    guard model.hasSuffix(".bn"), Self.last(model).count > 3 else {
      throw Failure("is no name of a model file", path: model, help: "such as -o net.bn")
    }
    return model
  }

  private func read(stem: Substring) throws -> ImportedNetwork {
    let options = ImportOptions(
      name: String(stem), file: Self.last(path), sizes: try sizes())
    let folder = path.dropLast(Self.last(path).count)
    do {
      return try Compiler.importing(try InputFile.bytes(of: path), options) { name in
        try InputFile.bytes(of: "\(folder)\(name)")
      }
    } catch let failure as Failure where failure.path == nil {
      throw Failure(failure.what, path: path, help: failure.help)
    }
  }

  private func sizes() throws(Failure) -> [String: [Int]] {
    var sizes: [String: [Int]] = [:]
    for entry in shape {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let numbers =
        parts.count == 2
        ? parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Int($0) } : []
      let known = numbers.compactMap(\.self)
      guard !known.isEmpty, known.count == numbers.count, known.allSatisfy({ $0 > 0 }) else {
        throw Failure(
          "'--shape \(entry)' is no shape of an input", help: "such as --shape image=3,224,224")
      }
      sizes[String(parts[0])] = known
    }
    return sizes
  }

  private static func last(_ path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? path
  }
}
