import CodeGeneration
import Diagnostics
import Files
import Foundation
import IR
import Lowering

extension Compiler {
  /// The C of a trained network that stands alone.
  ///
  /// - Parameters:
  ///   - source: The model file.
  ///   - plan: The machine and what the caller hands over; for an inference with floats.
  ///   - options: Its names, what comes out, and where the weights are.
  ///   - values: The numbers of a parameter or a statistic by its name, `conv1.weight`, in canonical
  ///     order.
  /// - Throws: `ModelErrors`, or `Failure` where the network is too large or its weights do not fold.
  package static func freeze(
    _ source: SourceFile, _ plan: PlanOptions, _ options: FrozenOptions,
    values: (String) throws -> [Double]
  ) throws -> FrozenSource {
    let planned = try Compiler.plan(source, CompileOptions(plan: plan, trains: false))
    let model = planned.model
    let weights = try FrozenWeights(of: planned.placed.kernels) { tensor in
      let declared =
        model.parameters(of: tensor.layer) + model.state(of: tensor.layer)
      let name = declared.first { $0.role == tensor.role }?.name ?? tensor.role.rawValue
      return try values("\(model.layers[tensor.layer].name).\(name)")
    }
    return try FrozenSource(
      rendering: planned.placed, weights, options, sources: source.files.map(\.baseName),
      version: bncVersion)
  }

  /// What the caller of a frozen network hands over unless told otherwise: bytes where training scales
  /// bytes alone.
  package static func embedding(of model: Model) -> PlanOptions.Embedding {
    model.training.takesBytes ? .bytes : .float
  }
}

/// The files of a frozen network.
package struct FrozenFiles: Sendable {
  private let folder, stem: String

  /// Those beside `path`, which is the C's.
  ///
  /// - Throws: `Failure` where `path` is no name of a C file.
  package init(network path: String) throws(Failure) {
    let last = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init)
    guard let last, last.hasSuffix(".c"), last.count > 2 else {
      throw Failure("is no name of a C file", path: path, help: "such as -o net.c")
    }
    folder = String(path.dropLast(last.count))
    stem = String(last.dropLast(2))
  }

  /// The files' name, without what follows a point.
  package var name: String { stem }
  package var network: String { "\(folder)\(stem).c" }
  package var header: String { "\(folder)\(stem).h" }
  package var main: String { "\(folder)\(stem)_main.c" }
  package var weights: String { "\(folder)\(stem).weights" }

  /// Those that are written of `source`, with their bytes.
  private func contents(_ source: FrozenSource, main hasMain: Bool) -> [(String, [UInt8])] {
    [(network, Array(source.network.utf8)), (header, Array(source.header.utf8))]
      + (hasMain ? [(main, Array(source.main.utf8))] : [])
      + (source.weights.map { [(weights, $0)] } ?? [])
  }

  /// Writes them, none where one of them cannot be written; returns their paths.
  package func write(_ source: FrozenSource, main hasMain: Bool) throws -> [String] {
    let contents = contents(source, main: hasMain)
    for (path, _) in contents { try AtomicFile.checkWritable(path) }
    for (path, bytes) in contents { try AtomicFile.write(to: path) { try $0.write(bytes) } }
    return contents.map(\.0)
  }

  /// Compiles `source` for this machine, and hands the library's path to `body`; it is gone afterwards.
  package static func withLibrary<Result>(
    of source: FrozenSource, named stem: String, by compiler: CCompiler,
    flags: [String] = [], _ body: (String) throws -> Result
  ) throws -> Result {
    let help = "set TMPDIR to a folder that can be written"
    return try WorkFolder.with(in: WorkFolder.temporary, prefix: "bnc-freeze-", help: help) {
      work in
      let check = "\(work)/bnc_check.c"
      for (path, text) in [
        ("\(work)/\(stem).c", source.network), ("\(work)/\(stem).h", source.header),
        (check, source.check),
      ] {
        try AtomicFile.write(text, to: path)
      }
      let library = "\(work)/bnc_check.so"
      // Vectors are gcc's: a compiler makes them of what this machine has, whatever they are written
      // for.
      var native = TargetMachine.native
      native.compilerFlags += flags
      try compiler.build(source: check, output: library, target: native)
      return try body(library)
    }
  }
}
