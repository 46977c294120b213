import Diagnostics
import Driver
import Foundation
import Lowering
import Testing

@testable import Runner

/// Where the tests find and leave things.
enum Place {
  /// The top of the package.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  /// Where the program and the tests were built: plugins are kept there from run to run.
  static let build = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().path
  /// MNIST's four files, where they are at hand.
  static let mnist = root + "/../shared/data/mnist"
  static let hasMNIST = FileManager.default.fileExists(atPath: mnist)
  static let hasCompiler = (try? CCompiler.find(named: nil)) != nil
  static let runsLongTests =
    ProcessInfo.processInfo.environment["BNC_LONG_TESTS", default: ""] == "1"
}

/// A directory that a test may fill; gone when the test is.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/bnc-seeds-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The text of an example model, with changes: each pair's first part must be there.
func exampleModel(_ name: String, _ changes: (old: String, new: String)...) throws -> String {
  var text = try ExampleModels.named(name).text
  for (old, new) in changes {
    try #require(text.contains(old), "\(name).bn no longer says '\(old)'")
    text = text.replacingOccurrences(of: old, with: new)
  }
  return text
}

/// A model, compiled and loaded, whose steps can be looked into.
struct SeedNetwork {
  let network: Network

  /// Compiles `text`, for inspection or else for training.
  init(_ text: String, _ precision: Precision = .double, inspects: Bool = true, seed: UInt64 = 0)
    throws
  {
    let options = CompileOptions(
      plan: PlanOptions(
        target: .native, precision: precision, purpose: inspects ? .inspection : .training))
    let plugin = try PluginCache(folder: Place.build + "/seed-tests-cache").withPlugin(
      for: SourceFile(name: "seed.bn", text: text), options, compiler: .find(named: nil)
    ) { try LoadedPlugin(path: $0, expectedHash: $1) }.loaded
    network = try Network(
      plugin, host: Host(pool: ThreadPool(threads: 2)), withGradients: inspects)
    network.regions.initialize(plugin.description, seed: seed)
  }

  /// Puts `values` where the parameter or the statistic `name` lies.
  func set(_ name: String, _ values: [Double]) throws {
    let description = network.plugin.description
    let tensor = try #require(description.tensors.first { $0.name == name })
    let new = try Tensor(shape: tensor.shape, values: values, as: description.elementType)
    network.regions.bytes(of: tensor).copyMemory(from: new.bytes)
  }

  /// A parameter or a statistic.
  func get(_ name: String) throws -> [Double] {
    let tensor = try #require(network.plugin.description.tensors.first { $0.name == name })
    return try network.regions.tensor(tensor).values
  }

  /// A step over rows of inputs and of targets; targets of 0 where only outputs are wanted.
  func step(_ inputs: [[Double]], _ targets: [[Double]]? = nil, mode: OneStep.Mode = .train) throws
    -> OneStep
  {
    let description = network.plugin.description
    let size = description.targets[0].count
    let wanted = targets ?? inputs.map { _ in Array(repeating: 0, count: size) }
    return try OneStep(
      network, inputs: [(table(inputs), "inputs")], targets: [(table(wanted), "targets")],
      mode: mode)
  }

  /// One step of training.
  func train(_ inputs: [[Double]], _ targets: [[Double]], rate: Double) throws {
    let format = try #require(ModelFormat(network.plugin.description).only)
    let examples = Examples(
      inputs: try format.inputs(table(inputs), path: "inputs"),
      targets: try format.targets(
        table(targets), count: inputs.count, path: "targets", inputsPath: "inputs"))
    _ = try network.train(
      examples.batch(from: 0, count: inputs.count),
      StepSettings(step: 1, seed: 0, hyperparameters: [rate]))
  }

  private func table(_ rows: [[Double]]) throws -> Tensor {
    try Tensor(shape: [rows.count, rows[0].count], values: rows.flatMap { $0 })
  }
}

extension OneStep {
  /// The gradient of a parameter, or of the input under `x.gradient`.
  func gradient(_ name: String) throws -> [Double] {
    try #require((gradients + valueGradients).first { $0.name == name }).tensor.values
  }
}

/// Both precisions, each with what its own rounding adds to a tolerance.
let precisions: [(precision: Precision, rounding: Double)] = [(.double, 0), (.float, 1e-6)]

/// Holds numbers against a document's figures.
func expect(
  _ found: [Double], near figures: [Double], within tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == figures.count, sourceLocation: sourceLocation)
  for (index, (number, figure)) in zip(found, figures).enumerated() {
    #expect(
      abs(number - figure) <= tolerance,
      "number \(index) is \(number), the document's is \(figure)", sourceLocation: sourceLocation)
  }
}
