import Diagnostics
import IR
import Language
import Operators

@testable import Driver
@testable import Runner

/// A reader that is fuzzed, with the size of the inputs that it is given.
struct FuzzedReader: Sendable {
  /// What `Tests/Fuzzing/run` calls it; its corpus is in a folder of this name.
  let name: String
  /// Bytes of an input.
  let largest: Int
  /// Reads an input. It may throw a `Failure`, and nothing else.
  let read: @Sendable (UnsafeRawBufferPointer, FuzzedFile) throws -> Void

  /// All readers, in the order in which they are run.
  static let all: [FuzzedReader] = [
    FuzzedReader(name: "language", largest: 4096) { input, _ in
      readModel(String(decoding: input, as: UTF8.self))
    },
    FuzzedReader(name: "idx", largest: 4096) { input, file in
      use(try IDX.read(try file.path(input)))
    },
    FuzzedReader(name: "cifar", largest: 16384) { input, file in
      let path = try file.path(input)
      try either(
        { use(try CIFAR.read([path, path], .ten, classes: 10).images) },
        { use(try CIFAR.read([path], .hundred, classes: 100).labels) })
    },
    FuzzedReader(name: "npy", largest: 4096) { input, file in
      use(try NPY.read(try file.path(input)))
    },
    FuzzedReader(name: "csv", largest: 4096) { input, file in
      use(try CSV(try file.path(input)).table)
    },
    FuzzedReader(name: "safetensors", largest: 4096) { input, file in
      let tensors = try SafeTensors(try file.path(input))
      for name in tensors.names { if let tensor = try tensors.tensor(name) { use(tensor) } }
      _ = WeightNames(tensors.names)
    },
    FuzzedReader(name: "onnx", largest: 4096, read: importNetwork),
    FuzzedReader(name: "png", largest: 8192, read: decodeImage),
    FuzzedReader(name: "jpeg", largest: 8192, read: decodeImage),
    FuzzedReader(name: "wav", largest: 4096, read: hearSound),
    FuzzedReader(name: "json", largest: 4096, read: readJSON),
    FuzzedReader(name: "checkpoint", largest: 16384) { input, file in
      try FuzzedTraining.shared.get().read(try file.path(input))
    },
    FuzzedReader(name: "elf", largest: 16384) { input, file in
      try ELFCheck.check(try file.path(input))
    },
    FuzzedReader(name: "plugin", largest: 512) { input, _ in
      try LyingPlugin.shared.get().read(input)
    },
  ]

  /// The reader of this name.
  static func named(_ name: String) -> FuzzedReader? { all.first { $0.name == name } }
}

/// Looks at all numbers of a tensor as those who read it do.
func use(_ tensor: Tensor) {
  precondition(tensor.bytes.count == tensor.count * tensor.type.size)
  _ = tensor.firstNotFinite
  guard let real = try? tensor.converted(to: .float32) else { return }
  var sum: Float = 0
  for index in 0..<real.count { sum += Float(real[index]) }
  _ = sum
}

/// Runs all of `works`; where each of them fails, it throws what the last one threw, and what is no
/// `Failure` in any case.
func either(_ works: () throws -> Void...) throws {
  var failures: [Failure] = []
  for work in works {
    do { try work() } catch let failure as Failure { failures.append(failure) }
  }
  if failures.count == works.count, let last = failures.last { throw last }
}

/// Reads, checks, renders and lays a model out.
private func readModel(_ text: String) {
  let source = SourceFile(name: "fuzz.bn", text: text)
  let (model, diagnostics) = Frontend.check(source, library: .standard)
  _ = TextRenderer(source: source, style: .colored).render(diagnostics)
  guard (try? JSONRenderer(source: source).render(diagnostics)) != nil else {
    preconditionFailure("a diagnostic has no JSON")
  }
  precondition((model == nil) == diagnostics.hasErrors, "there is a model, or there are errors")
  if let model {
    _ = ModelText.describe(model)
    let scratch = ValueTable(of: model) { _ in 0 }
    _ = ModelSummary(model, elementBytes: 4, scratchBytes: 0, scratch: scratch)
      .total(\.multiplyAdds)
  }
  if case .success(let once) = Formatter.format(source) {
    let again = Formatter.format(SourceFile(name: "fuzz.bn", text: once))
    precondition((try? again.get()) == once, "what is laid out is laid out in another way")
  }
}

/// Imports a network; tensors that are elsewhere are found in the file itself.
@Sendable private func importNetwork(_ input: UnsafeRawBufferPointer, _ file: FuzzedFile) throws {
  let bytes = Array(input)
  _ = try Compiler.importing(bytes, ImportOptions(name: "net", file: "net.onnx")) { _ in bytes }
}

/// Decodes an image as it is, where it is small, and for networks that want another one.
@Sendable private func decodeImage(_ input: UnsafeRawBufferPointer, _ file: FuzzedFile) throws {
  let path = try file.path(input)
  let image = try ImageFile(path)
  func decode(_ shape: [Int]) throws {
    let memory = try AlignedMemory(byteCount: shape.reduce(1, *))
    _ = try image.decode(as: shape, resizes: true, into: memory.bytes)
  }
  let pixels = image.width * image.height
  if pixels <= 1 << 14 {
    try decode([1, image.height, image.width])
    try decode([pixels])
  }
  try decode([3, 5, 7])
}

@Sendable private func hearSound(_ input: UnsafeRawBufferPointer, _ file: FuzzedFile) throws {
  let sound = try WAV(try file.path(input))
  precondition(sound.samples.allSatisfy(\.isFinite))
}

/// The header of safetensors, the logs of runs, and what a sweep remembers.
@Sendable private func readJSON(_ input: UnsafeRawBufferPointer, _ file: FuzzedFile) throws {
  let path = try file.path(input)
  try either(
    { _ = try SafeTensorsHeader(parsing: Array(input)) },
    {
      let log = try RunLog(path)
      for name in log.columnNames { precondition(log.column(name)?.count == log.epochs) }
      _ = (log.metrics, log.settings.commandLine)
    },
    { _ = SweepRecord.fuzzed(Array(input)) })
}
