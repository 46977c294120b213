import IR
import Lowering
import Operators
import Testing
import Verification

@testable import Runner

/// What a training sees of its examples.
@Suite struct AugmentationTests {
  private static let all = [
    "crop(2)", "crop(3, mode: reflect)", "shift(rows: 2, columns: 1, mode: edge)",
    "shift(columns: 5)", "time_shift(3)", "flip", "flip(vertical, probability: 0.25)",
    "flip(alternating: true)", "rotate(30)", "rotate(180, mode: edge)", "zoom(0.4)",
    "zoom(0.9, mode: edge)", "brightness(0.5)", "contrast(0.5)", "cutout(4)", "noise(0.3)",
  ]

  /// With what draws by the step, and not by the example.
  private static let allAndMixup = all + ["mixup", "mixup(0.2)"]

  private static func text(_ augmentation: String, batch: Int, shape: String = "[2, 7, 6]")
    -> String
  {
    """
    model augmented {
      input x: \(shape)
      target t: [\(shape == "[2, 7, 6]" ? 84 : 22)]
      y = x | flatten
      loss linear_regression(y, t, reduction: sum)
    }
    training {
      batch \(batch)
      augment \(augmentation)
    }
    """
  }

  /// What an inspected step makes of `sample`, whose examples are rows `rows` of the data.
  private static func augmented(
    _ text: String, _ sample: Sample, rows: [UInt32]? = nil, epoch: UInt64 = 0, threads: Int = 1,
    _ plan: PlanOptions = .inspection(.double)
  ) throws -> [Double] {
    let harness = try PluginHarness(CompilerFixture.plugin(text, plan), threads: threads)
    let outcome = harness.gradient(sample, rows: rows, epoch: epoch)
    #expect(outcome.status == 0)
    return outcome.outputs
  }

  /// Protects each augmentation's C: it makes what its formula says, in both precisions, for every
  /// target, and for any number of threads.
  @Test(arguments: allAndMixup)
  func agreesWithItsFormula(_ augmentation: String) throws {
    let text = Self.text(augmentation, batch: 19)
    let model = try CompilerFixture.compile(text).model
    let sample = Sample(model, count: 19, seed: 71)
    let expected = NaiveNetwork(model: model, tensors: [:]).values(sample, training: true)[
      .result(of: 0)]
    #expect(expected != sample.inputs)
    for (precision, tolerance) in [(Precision.double, 1e-13), (.float, 1e-5)] {
      for target in Targets.runnable {
        for threads in [1, 3] {
          let plan = PlanOptions(target: target, precision: precision, purpose: .inspection)
          let found = try Self.augmented(text, sample, threads: threads, plan)
          expectClose(found, expected, within: tolerance, "\(target.name)")
        }
      }
    }
  }

  /// Protects sequences, whose length is the axis that is moved and flipped.
  @Test(arguments: ["time_shift(3)", "shift(columns: 3, mode: reflect)", "flip", "noise(1)"])
  func sequences(_ augmentation: String) throws {
    let text = Self.text(augmentation, batch: 9, shape: "[2, 11]")
    let model = try CompilerFixture.compile(text).model
    let sample = Sample(model, count: 9, seed: 72)
    let expected = NaiveNetwork(model: model, tensors: [:]).values(sample, training: true)
    expectClose(
      try Self.augmented(text, sample), expected[.result(of: 0)], within: 1e-13, augmentation)
  }

  /// Protects what a row of the data becomes from the batch that it is in: the same in another place
  /// of a batch of another size. In another epoch it becomes something else.
  @Test(arguments: all)
  func dependsOnRowAndEpoch(_ augmentation: String) throws {
    let (large, small) = (Self.text(augmentation, batch: 19), Self.text(augmentation, batch: 5))
    let sample = Sample(try CompilerFixture.compile(large).model, count: 19, seed: 73)
    let found = try Self.augmented(large, sample, epoch: 2)
    let rows: [UInt32] = [18, 3, 0, 7, 11]
    let picked = try Self.augmented(small, sample, rows: rows, epoch: 2)
    for (place, row) in rows.enumerated() {
      let (there, here) = (Int(row) * 84, place * 84)
      #expect(Array(found[there..<there + 84]) == Array(picked[here..<here + 84]))
    }
    #expect(try Self.augmented(large, sample, epoch: 3) != found)
  }

  /// Protects flips in turn: in an epoch and the next each example is seen once in each way, and half
  /// of them begin with either.
  @Test func flipsInTurn() throws {
    let text = Self.text("flip(alternating: true)", batch: 64)
    let model = try CompilerFixture.compile(text).model
    let sample = Sample(model, count: 64, seed: 74)
    let epochs = try (0..<4).map { try Self.augmented(text, sample, epoch: $0) }
    #expect(epochs[0] == epochs[2] && epochs[1] == epochs[3])
    var isPlain = 0
    for example in 0..<64 {
      let place = example * 84..<(example + 1) * 84
      let plain = epochs.map { Array($0[place]) == Array(sample.inputs[place]) }
      #expect(plain[0] != plain[1])
      if plain[0] { isPlain += 1 }
    }
    #expect((16...48).contains(isPlain))
  }

  /// Protects how often what is drawn: 20,000 rows, within five deviations.
  @Test func distributions() throws {
    let draw = RandomDraw(seed: 3, step: 1, layer: 0, epoch: 5)
    let flip = Flip(isVertical: false, alternates: false, probability: 0.3)
    let flipped = (0..<20_000).filter { flip.flips($0, draw) }.count
    #expect(abs(flipped - 6000) < 325)
    let noise = Noise(deviation: 2)
    let inputs = ReferenceInputs(
      operands: [Array(repeating: 1, count: 20_000)], shapes: [Shape([100])],
      result: Shape([100]), count: 200, tensors: [:], isTraining: true, draw: draw)
    let numbers = noise.reference(inputs)
    let mean = numbers.reduce(0, +) / 20_000
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean - 1) < 5 * 2 / 20_000.0.squareRoot())
    #expect(abs(variance - 4) < 5 * 4 * (2 / 20_000.0).squareRoot())
  }

  /// Protects evaluation and inference, which see the examples as they are.
  @Test(arguments: allAndMixup)
  func evaluationSeesExamplesAsTheyAre(_ augmentation: String) throws {
    let text = Self.text(augmentation, batch: 3)
    let sample = Sample(try CompilerFixture.compile(text).model, count: 3, seed: 75)
    for plan in [PlanOptions.training(.double), .inference(.double)] {
      let harness = try PluginHarness(CompilerFixture.plugin(text, plan))
      #expect(harness.evaluate(sample).outputs == sample.inputs)
    }
  }

  /// Protects the gradient of an input that training changes, under its own name: that of what the
  /// network sees of it, which is (y - t) / 84 here, through what normalizes it; where nothing is
  /// changed, y is the input normalized.
  @Test(arguments: [
    ("flip", 1.0), ("noise(0.3)", 1), ("rotate(30)\ndata normalize(mean: 0, std: 2)", 2),
  ])
  func gradientOfTheInput(_ augmentation: String, _ deviation: Double) throws {
    let text = Self.text(augmentation + "\naugment brightness(0.1)", batch: 9)
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inspection(.double)))
    harness.network.regions.initialize(harness.plugin.description, seed: 77)
    var numbers = Numbers(78)
    let (x, t) = (numbers.normals(7 * 84), numbers.normals(7 * 84))
    for mode in OneStep.Mode.allCases {
      let step = try OneStep(
        harness.network, inputs: [(try Tensor(shape: [7, 2, 7, 6], values: x), "x.npy")],
        targets: [(try Tensor(shape: [7, 84], values: t), "t.npy")], mode: mode)
      let y = step.outputs[0].tensor.values
      #expect((y == x.map { $0 / deviation }) == (mode == .evaluate))
      let gradient = try #require(step.valueGradients.first { $0.name == "x.gradient" }).tensor
      #expect(gradient.shape == [7, 2, 7, 6])
      let expected = zip(y, t).map { ($0 - $1) / 84 / deviation }
      expectClose(gradient.values, expected, within: 1e-13, "\(mode)")
    }
  }

  /// Protects the epoch on its way from the trainer: an example of one 1 is seen from both ends in two
  /// epochs, so that both weights move.
  @Test func trainerSaysTheEpoch() throws {
    let text = """
      model ends {
        input x: [1, 2]
        target t: [1]
        y = x | flatten | dense(1, bias: false)
        loss linear_regression(y, t, reduction: sum)
      }
      training {
        batch 1
        augment flip(alternating: true)
        initialize constant(0)
      }
      """
    for epochs in [1, 2] {
      let harness = try PluginHarness(CompilerFixture.plugin(text, .training(.double)), seed: 76)
      harness["dense1.weight"] = [0, 0]
      let examples = Examples(
        inputs: try Tensor(shape: [1, 1, 2], values: [1, 0], as: .float64),
        targets: .values(try Tensor(shape: [1, 1], values: [1], as: .float64)))
      let dataset = Dataset(name: "", training: examples, test: examples)
      var trainer = try Trainer(
        harness.network, dataset: dataset,
        options: .init(epochs: epochs, learningRate: 0.1, seed: 1), stop: .never)
      var report = Silence()
      _ = try trainer.run(report: &report)
      #expect(harness["dense1.weight"].filter { $0 != 0 }.count == epochs)
    }
  }

  private struct Silence: TrainingReport {
    mutating func didStep(epoch: Int, step: Int, loss: Double) {}
    mutating func didEnd(_ result: EpochResult) {}
  }
}
