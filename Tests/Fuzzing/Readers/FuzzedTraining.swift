import Diagnostics
import Foundation

@testable import Runner

/// A training that goes on from whatever it is given, over the plugin of `LyingPlugin` when that tells
/// the truth, whose tables it reads once.
final class FuzzedTraining: @unchecked Sendable {
  /// The training.
  static let shared = Result { try FuzzedTraining() }

  private let network: Network
  private var trainer: Trainer

  private init() throws {
    network = try LyingPlugin.shared.get().plainNetwork()
    trainer = try Trainer(
      network, dataset: try Self.dataset(network.plugin.description),
      options: .init(epochs: 3, learningRate: 0.1, seed: 1, keeps: .best), stop: .never)
  }

  private static func dataset(_ description: PluginDescription) throws -> Dataset {
    let count = 20
    let labels = try AlignedMemory(byteCount: count * 4, zeroed: true)
    let examples = Examples(
      inputs: try Tensor(zerosOf: [count] + description.inputs[0].shape, type: .float32),
      targets: .classes(labels))
    return Dataset(name: "", training: examples, test: examples)
  }

  /// Goes on from the file, then takes its weights alone.
  func read(_ path: String) throws {
    try either(
      { try self.trainer.restore(from: path) },
      {
        let loaded = try self.network.loadWeights(from: path, .matching)
        _ = loaded.notes
      },
      { try self.network.loadWeights(from: path, .parameters) })
  }

  /// A checkpoint of this training, for the corpus.
  func write(to path: String) throws {
    try trainer.write(to: CheckpointOptions(path: path, interval: nil, count: 1, resumes: false))
  }
}
