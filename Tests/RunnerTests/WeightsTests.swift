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
    #expect(try other.loadWeights(from: path, .exact).notes == [])
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
    #expect(
      try other.loadWeights(from: path).notes
        == ["\(path): ignored 1 tensor of no such model: head.weight"])
    #expect(try learned(other) == learned(network))
    #expect(try other.evaluate(Fixture.examples(9), [.confusion]).confusion?.classes == 3)
  }

  /// Protects fine-tuning: of a file that fits in part, that part is loaded and the rest told, with
  /// the reason; of one that does not fit at all, and where all has to, nothing is.
  @Test func loadsWhatMatches() throws {
    let network = try trained()
    let path = scratch.path + "/part.safetensors"
    func tensor(_ name: String) throws -> (name: String, tensor: Tensor) {
      let own = try #require(network.plugin.description.savedTensors.first { $0.name == name })
      return (name, try network.regions.tensor(own))
    }
    let weight = try tensor("dense1.weight")
    let bias = (
      name: "dense1.bias", tensor: try Tensor(shape: [10], values: Array(repeating: 1, count: 10))
    )
    let mean = try tensor("batchnorm1.running_mean")
    let head = (name: "head.weight", tensor: try Tensor(shape: [1], values: [1]))
    try SafeTensors.write([weight, bias, mean, head], to: path)
    let other = try Fixture.network(seed: 99, in: scratch)
    let before = try learned(other)
    #expect(
      failure { try other.loadWeights(from: path, .exact) }
        == "\(path): holds 'dense1.bias' as [10], model 'fixture' has [3]")
    #expect(try learned(other) == before)
    let loaded = try other.loadWeights(from: path, .matching)
    #expect(
      loaded.notes == [
        "\(path): loaded 2 of the model's 5 tensors",
        "\(path): left as it starts: 'dense1.bias' as [10], model 'fixture' has [3]",
        "\(path): lacks batchnorm1.running_variance, left as it started",
        "\(path): ignored 1 tensor of no such model: head.weight",
      ])
    // With the mean alone the statistics are not seen: the first batch makes them.
    for (tensor, (old, new)) in zip(
      network.plugin.description.savedTensors, zip(before, try learned(other)))
    {
      let isLoaded = ["dense1.weight", "batchnorm1.running_mean"].contains(tensor.name)
      #expect(
        new == (isLoaded ? try network.regions.tensor(tensor).values : old), "\(tensor.name)")
    }
    #expect(
      failure { try other.loadWeights(from: path, .parameters) }
        == "\(path): holds 'dense1.bias' as [10], model 'fixture' has [3]")
    try SafeTensors.write([weight, try tensor("dense1.bias")], to: path)
    #expect(try other.loadWeights(from: path, .parameters).count == 2)
    try SafeTensors.write([head], to: path)
    #expect(
      failure { try other.loadWeights(from: path, .matching) }.contains(
        "has no tensor that fits model 'fixture': it holds 'head.weight'"))
    try SafeTensors.write(
      try network.plugin.description.savedTensors.map { try tensor($0.name) } + [head], to: path)
    #expect(
      failure { try other.loadWeights(from: path, .exact) }.contains(
        "holds 'head.weight', which model 'fixture' does not have"))
  }

  /// Protects weights of PyTorch: its names are known, also behind what wrappers put before them,
  /// and what may be two things is refused.
  @Test(arguments: ["", "module.", "_orig_mod.", "module._orig_mod."])
  func readsTheNamesOfPyTorch(_ wrapper: String) throws {
    let network = try trained()
    let path = scratch.path + "/torch.safetensors"
    var tensors = try network.plugin.description.savedTensors.filter { $0.role != .seen }.map {
      let name = $0.name.replacing("running_variance", with: "running_var")
      return (name: wrapper + name, tensor: try network.regions.tensor($0))
    }
    tensors.append(
      (wrapper + "batchnorm1.num_batches_tracked", try Tensor(shape: [1], values: [7])))
    try SafeTensors.write(tensors, to: path)
    let other = try Fixture.network(seed: 99, in: scratch)
    #expect(
      try other.loadWeights(from: path, .exact).notes == [
        "\(path): ignored num_batches_tracked of 1 batch norm, which matters only without a momentum"
      ])
    #expect(try learned(other) == learned(network))
    let names = WeightNames(["stage.1.weight", "stage_1.weight", "a.b.weight", "a_b.c.bias"])
    #expect(try names.name(for: "stage_1.gamma") == "stage_1.weight")
    #expect(try names.name(for: "a_b.slope") == "a.b.weight")
    #expect(try names.name(for: "a_b_c.bias") == "a_b.c.bias")
    #expect(try names.name(for: "a.bias") == nil)
    let both = WeightNames(["a.b.c.weight", "a.b_c.weight"])
    #expect(
      failure { _ = try both.name(for: "a_b_c.weight") }.hasPrefix(
        "holds 'a.b.c.weight' and 'a.b_c.weight', each of which may be 'a_b_c.weight' of the model")
    )
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
