import Testing

@testable import Runner

@Suite(.enabled(if: Fixture.isAvailable, "needs clang"))
struct OneStepTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private let macros = ["REAL=double", "GRADIENT"]

  private func step(_ network: Network, count: Int = 6, mode: OneStep.Mode = .train) throws
    -> OneStep
  {
    let values = (0..<count * 4).map { Double($0 % 7) / 7 }
    return try OneStep(
      network, inputs: [(try Tensor(shape: [count, 4], values: values), "x.npy")],
      targets: [
        (try Tensor(shape: [count], values: (0..<count).map { Double($0 % 3) }), "y.npy")
      ], mode: mode)
  }

  /// Protects the undoing of the lanes: 6 examples in lanes of 4, and the same numbers come through
  /// `outputs` in plain order.
  @Test func undoesTheLanes() throws {
    let network = try Fixture.network(macros, withGradients: true, in: scratch)
    let step = try step(network)
    let value = try #require(step.values.first { $0.name == "dense1.output" }).tensor
    #expect(value.shape == [6, 3])
    #expect(step.output.tensor.shape == [6, 3])
    #expect(value.values == step.output.tensor.values)
    let slope = try #require(step.valueGradients.first { $0.name == "dense1.output_gradient" })
    for example in 0..<6 {  // of a softmax: the slopes of an example cancel
      let sum = (0..<3).reduce(0) { $0 + slope.tensor[example * 3 + $1] }
      #expect(abs(sum) < 1e-12)
    }
  }

  /// Protects gradients against the training step: (before - after) / rate is the gradient.
  @Test func agreesWithTheUpdate() throws {
    let network = try Fixture.network(macros, withGradients: true, in: scratch)
    let step = try step(network)
    let weight = network.plugin.description.tensors[0]
    let before = try network.regions.tensor(weight).values
    let examples = Examples(
      inputs: try Tensor(shape: [6, 4], values: (0..<24).map { Double($0 % 7) / 7 }),
      targets: try #require(ModelFormat(network.plugin.description).only).targets(
        try Tensor(shape: [6], values: [0, 1, 2, 0, 1, 2]), count: 6, path: "y", inputsPath: "x"))
    _ = try network.train(
      examples.batch(from: 0, count: 6), StepSettings(step: 1, seed: 0, hyperparameters: [0.5]))
    let after = try network.regions.tensor(weight).values
    let gradient = try #require(step.gradients.first).tensor.values
    for index in before.indices {
      #expect(abs((before[index] - after[index]) / 0.5 - gradient[index]) < 1e-12)
    }
  }

  /// Protects the trace: statistics of the batch in training only, of the run always.
  @Test func tracesABatchNorm() throws {
    let network = try Fixture.network(macros, withGradients: true, in: scratch)
    let trace = try #require(try step(network).trace("batchnorm1"))
    #expect(trace.mean?.values == trace.runningMean?.values)
    #expect(trace.output?.shape == [6, 4])
    let later = try step(network, mode: .evaluate)
    #expect(later.trace("batchnorm1")?.mean == nil)
    #expect(later.trace("batchnorm1")?.runningMean?.values == trace.runningMean?.values)
    #expect(later.trace("conv9") == nil)
    #expect(later.traceable == ["batchnorm1"])
  }

  /// Protects against plugins and examples that a step cannot take.
  @Test func refusesWhatItCannotTake() throws {
    let plain = try Fixture.network(in: scratch)
    #expect(failure { _ = try step(plain) }.contains("cannot inspect a step"))
    let network = try Fixture.network(macros, withGradients: true, in: scratch)
    #expect(
      failure { _ = try step(network, count: 9) } == "x.npy: holds 9 examples, a step takes 1 to 8")
  }

  /// Protects what is printed: brackets and shortening as NumPy has them.
  @Test func printsTensors() throws {
    let small = try Tensor(shape: [2, 2], values: [1, 2.5, -3, 1e-9])
    #expect("\(TensorText(small))" == "[[1 2.5]\n [-3 1e-09]]")
    let row = try Tensor(shape: [1, 30], values: .init(repeating: 1.25, count: 30))
    let lines = "\(TensorText(row))".split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { $0.count <= 80 })
    let large = try Tensor(shape: [2000], values: (0..<2000).map(Double.init))
    #expect("\(TensorText(large))" == "[0 1 2 ... 1997 1998 1999]")
  }
}
