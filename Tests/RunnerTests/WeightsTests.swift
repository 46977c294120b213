import Foundation
import Testing

@testable import Runner

@Suite(.enabled(if: Fixture.isAvailable, "needs clang"))
struct WeightsTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func trained() throws -> Network {
    let network = try Fixture.network(in: scratch)
    let examples = try Fixture.examples(64)
    var trainer = try Trainer(
      network, dataset: Dataset(name: "", training: examples, test: examples),
      options: .init(epochs: 1, learningRate: 0.05, seed: 1), stop: .never)
    var report = SilentReport()
    _ = try trainer.run(report: &report)
    return network
  }

  private func learned(_ network: Network) throws -> [[Double]] {
    try network.plugin.description.savedTensors.map { try network.regions.tensor($0).values }
  }

  /// Protects saved work: what is loaded is what was saved, bit for bit.
  @Test func survivesTheRoundTrip() throws {
    let network = try trained()
    let path = scratch.path + "/weights.safetensors"
    try network.saveWeights(to: path)
    let other = try Fixture.network(seed: 99, in: scratch)
    #expect(try learned(other) != learned(network))
    #expect(try other.loadWeights(from: path).isEmpty)
    #expect(try learned(other) == learned(network))
    #expect(
      try SafeTensors(path).names == [
        "batchnorm1.running_mean", "batchnorm1.running_variance", "batchnorm1.seen", "dense1.bias",
        "dense1.weight",
      ])
  }

  /// Protects files of other programs: without `seen`, running statistics count as seen; names that
  /// the model does not have are told, not fatal.
  @Test func loadsWhatOthersSaved() throws {
    let network = try trained()
    let path = scratch.path + "/other.safetensors"
    let saved = try network.plugin.description.savedTensors.filter { $0.role != .seen }.map {
      (name: $0.name, tensor: try network.regions.tensor($0))
    }
    let extra = (name: "head.weight", tensor: try Tensor(shape: [2], values: [1, 2]))
    try SafeTensors.write(saved + [extra], to: path)
    let other = try Fixture.network(seed: 99, in: scratch)
    #expect(try other.loadWeights(from: path) == ["head.weight"])
    #expect(try learned(other) == learned(network))
    #expect(try other.evaluate(Fixture.examples(9), [.confusion]).confusion?.classes == 3)
  }

  /// Protects a network from a file that does not fit: the message names tensor and shapes, and no
  /// weight has changed.
  @Test func refusesWhatDoesNotFit() throws {
    let network = try trained()
    let before = try learned(network)
    let weight = (
      name: "dense1.weight", tensor: try Tensor(shape: [3, 4], values: (0..<12).map(Double.init))
    )
    let path = scratch.path + "/short.safetensors"
    try SafeTensors.write([weight], to: path)
    #expect(
      failure { try network.loadWeights(from: path) }
        == "\(path): lacks 'dense1.bias' [3] of model 'fixture'")
    let wrong = (name: "dense1.bias", tensor: try Tensor(shape: [4], values: [1, 2, 3, 4]))
    try SafeTensors.write([weight, wrong], to: path)
    #expect(
      failure { try network.loadWeights(from: path) }
        == "\(path): holds 'dense1.bias' as [4], model 'fixture' has [3]")
    #expect(try learned(network) == before)
  }

  /// Protects from answers that are NaN without a word: the tensor is named, and nothing is loaded.
  @Test func refusesWhatIsNoWeight() throws {
    let network = try trained()
    let before = try learned(network)
    let path = scratch.path + "/bad.safetensors"
    for (name, number, words) in [
      ("dense1.bias", Double.nan, "nan in 'dense1.bias', number 1: weights are finite"),
      ("dense1.weight", .infinity, "inf in 'dense1.weight', number 1: weights are finite"),
      (
        "dense1.bias", 1e39,
        "1e+39 in 'dense1.bias', number 1: weights are finite, and a float32 cannot be that large"
      ),
      (
        "batchnorm1.running_variance", -1,
        "-1 in 'batchnorm1.running_variance', number 1: a variance is 0 or more"
      ),
    ] {
      let tensors = try network.plugin.description.savedTensors.map { tensor in
        var values = try network.regions.tensor(tensor).values
        if tensor.name == name { values[1] = number }
        return (name: tensor.name, tensor: try Tensor(shape: tensor.shape, values: values))
      }
      try SafeTensors.write(tensors, to: path)
      #expect(failure { try network.loadWeights(from: path) } == "\(path): holds \(words)")
      #expect(try learned(network) == before)
    }
  }

  /// Protects `--precision double`: weights of floats fit a network of doubles.
  @Test func widensFloats() throws {
    let path = scratch.path + "/weights.safetensors"
    let network = try trained()
    try network.saveWeights(to: path)
    let double = try Fixture.network(["REAL=double", "GRADIENT"], in: scratch)
    try double.loadWeights(from: path)
    #expect(try learned(double) == learned(network))
  }

  /// Protects the pinned start: the same seed starts the same network today and tomorrow.
  @Test func startsAsPinned() throws {
    let network = try Fixture.network(["REAL=double", "GRADIENT"], seed: 1, in: scratch)
    let tensors = network.plugin.description.tensors
    let weight = try network.regions.tensor(tensors[0]).values
    #expect(abs(weight[0] + 0.012231774376742258) < 1e-15)
    #expect(abs(weight[11] + 0.00887945644736486) < 1e-15)
    #expect(try network.regions.tensor(tensors[3]).values == [1, 1, 1, 1])
  }
}
