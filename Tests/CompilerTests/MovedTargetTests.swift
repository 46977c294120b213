import IR
import Lowering
import Testing
import Verification

@testable import Runner

/// Targets that training moves with their input. Against formulas and differences `OperatorTests` holds
/// them, with `Case.movedTargets`.
@Suite struct MovedTargetTests {
  private static let moving = [
    "crop(2)", "crop(3, mode: reflect)", "shift(rows: 2, columns: 1, mode: edge)", "time_shift(3)",
    "flip", "flip(vertical, probability: 0.25)", "flip(alternating: true)", "rotate(30)",
    "rotate(180, mode: edge)", "zoom(0.4)", "zoom(0.9, mode: edge)",
  ]

  /// A model whose target is what it sees.
  private static func seen(_ augmentations: [String], shape: String = "[2, 7, 6]") -> String {
    """
    model seen {
      input x: \(shape)
      target t: \(shape)
      loss mean_squared_error(x, t, reduction: sum)
    }
    training {
      batch 21
      \(augmentations.map { "augment " + $0 }.joined(separator: "\n"))
    }
    """
  }

  /// Protects numbers: a target that is its image stays so, to the last bit, whatever moves it, in
  /// another epoch, and of other rows; and one that would stay where it is would not.
  @Test(arguments: moving)
  func movesAsItsImage(_ augmentation: String) throws {
    let (text, sample) = try Self.seenSample([augmentation])
    let naive = NaiveNetwork(model: try CompilerFixture.compile(text).model, tensors: [:])
    #expect(naive.movedTarget(0, sample) != sample.values)
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inspection()))
    for epoch in [0, 3] as [UInt64] {
      let found = harness.gradient(sample, epoch: epoch)
      #expect(found.status == 0 && found.loss == 0 && found.outputs != sample.inputs)
    }
    #expect(harness.gradient(sample, rows: [18, 3, 0, 7, 11], epoch: 2).loss == 0)
  }

  /// Protects the same of several, one after the other, in both precisions, for every target machine
  /// and on several threads, in a batch that is not full.
  @Test func movesEverywhere() throws {
    let (text, sample) = try Self.seenSample(["flip", "crop(2)", "rotate(25)", "zoom(0.3)"])
    var stays = sample
    stays.values = sample.values.map { $0 + 1 }
    for precision in [Precision.double, .float] {
      for target in Targets.runnable {
        let plan = PlanOptions(target: target, precision: precision, purpose: .inspection)
        let harness = try PluginHarness(CompilerFixture.plugin(text, plan), threads: 2)
        let found = harness.gradient(sample)
        #expect(found.status == 0 && found.loss == 0, "\(target.name)")
        #expect(found.outputs != sample.inputs)
        #expect(harness.gradient(stays).loss > 1)
      }
    }
  }

  private static func seenSample(_ augmentations: [String]) throws -> (String, Sample) {
    let text = seen(augmentations)
    var sample = Sample(try CompilerFixture.compile(text).model, count: 19, seed: 81)
    sample.values = sample.inputs
    return (text, sample)
  }

  /// Protects sequences.
  @Test func sequences() throws {
    let text = Self.seen(
      ["time_shift(3)", "flip", "shift(columns: 2, mode: edge)"], shape: "[2, 11]")
    var sample = Sample(try CompilerFixture.compile(text).model, count: 21, seed: 82)
    sample.values = sample.inputs
    let harness = try PluginHarness(CompilerFixture.plugin(text, .inspection()))
    #expect(harness.gradient(sample).loss == 0)
    #expect(harness.gradient(sample).outputs != sample.inputs)
  }

  /// A model that says of each place that its class is the number there, as surely as 50 to 0.
  private static func painted(_ lines: String, loss: String = "softmax_cross_entropy(y, t)")
    -> String
  {
    """
    model painted {
      input x: [1, 7, 6]
      target t: class(4, shape: [7, 6])
      y = x | conv(4, kernel: 1)
      loss \(loss)
    }
    training {
      batch 21
      \(lines)
    }
    """
  }

  /// A harness of it, and pictures that are painted in the classes' numbers.
  private static func painting(
    _ text: String, _ plan: PlanOptions = .inspection(), threads: Int = 1
  ) throws -> (PluginHarness, Sample) {
    let harness = try PluginHarness(CompilerFixture.plugin(text, plan), threads: threads)
    harness["conv1.weight"] = [0, 100, 200, 300]
    harness["conv1.bias"] = [0, -50, -200, -450]
    var sample = Sample(try CompilerFixture.compile(text).model, count: 19, seed: 83)
    sample.inputs = sample.labels.map(Double.init)
    return (harness, sample)
  }

  /// Protects classes: where a picture and its mask are one, each place of what training makes of the
  /// picture has the class that training makes of the mask, the first one where 0 comes in.
  @Test(arguments: [
    "augment flip\naugment crop(3)", "augment flip(alternating: true)\naugment crop(2, mode: edge)",
    "augment shift(rows: 3, mode: reflect)\naugment flip(vertical)", "augment rotate(0)",
  ])
  func classesMoveAsTheirPicture(_ lines: String) throws {
    let (harness, sample) = try Self.painting(Self.painted(lines), threads: 2)
    #expect(abs(harness.gradient(sample).loss) < 1e-12)
    var other = sample
    other.labels[40] = (other.labels[40] + 1) % 4
    #expect(harness.gradient(other).loss > 1)
  }

  /// Protects a class that counts nothing: it comes in from outside, so that a picture is judged by the
  /// places alone that come from it, whatever lies outside of it.
  @Test func ignoredClassComesIn() throws {
    let loss = "softmax_cross_entropy(y, t, ignore: 9, reduction: sum)"
    let (harness, sample) = try Self.painting(Self.painted("augment crop(3)", loss: loss))
    harness["conv1.bias"] = [-1000, -50, -200, -450]
    #expect(sample.labels.contains(0))
    var ignored = sample
    ignored.labels = sample.labels.map { $0 == 0 ? 9 : $0 }
    #expect(abs(harness.gradient(ignored).loss) < 1e-12)
    #expect(harness.gradient(sample).loss > 1)
  }

  /// Protects what is turned: of classes the nearest place is taken, so that no class comes up that lies
  /// between two others, and where all are one it stays; for every target machine.
  @Test(arguments: ["edge", "zeros"])
  func turnedClasses(_ mode: String) throws {
    let text = Self.painted(
      "augment rotate(180, mode: \(mode))\naugment zoom(0.5, mode: \(mode))")
    let model = try CompilerFixture.compile(text).model
    for target in Targets.runnable {
      let plan = PlanOptions(target: target, precision: .double, purpose: .inspection)
      let (harness, sample) = try Self.painting(text, plan)
      let naive = NaiveNetwork(model: model, tensors: harness.learned)
      let moved = naive.movedTarget(0, sample)
      #expect(Set(moved) == [0, 1, 2, 3] && moved != sample.labels.map(Double.init))
      let expected = naive.loss(sample, training: true)
      expectClose(
        [harness.gradient(sample).loss], [expected], within: 1e-12, "\(target.name)")
      var plain = sample
      plain.labels = sample.labels.map { _ in 3 }
      plain.inputs = sample.labels.map { _ in 3 }
      #expect((abs(harness.gradient(plain).loss) < 1e-12) == (mode == "edge"))
    }
  }

  /// Protects evaluation and inference, which go by the targets as they are: the same bits as without
  /// augmentations, and outputs where no target is given.
  @Test(arguments: ["softmax_cross_entropy(y, t)", "softmax_cross_entropy(y, t, ignore: 1)"])
  func evaluationLeavesTargets(_ loss: String) throws {
    let lines = "augment flip(probability: 1)\naugment crop(3)\naugment rotate(30)"
    for plan in [PlanOptions.training(.float), .inference(.float), .inspection(.float)] {
      let (moved, sample) = try Self.painting(Self.painted(lines, loss: loss), plan)
      let (plain, _) = try Self.painting(Self.painted("", loss: loss), plan)
      var shaken = sample
      shaken.inputs = Numbers.normals(of: 84, count: sample.inputs.count)
      if plan.purpose == .inspection {
        let (a, b) = (
          moved.gradient(shaken, training: false), plain.gradient(shaken, training: false)
        )
        #expect(a.loss == b.loss && a.outputs == b.outputs)
      } else {
        let (a, b) = (moved.evaluate(shaken), plain.evaluate(shaken))
        #expect(a.loss == b.loss && a.outputs == b.outputs && a.loss > 1)
        shaken.allTargets = []
        #expect(moved.evaluate(shaken).outputs == b.outputs)
      }
    }
  }

  /// Protects a training's bits: the same for any number of threads and order of tasks, and other ones
  /// without augmentations.
  @Test func sameForAnyThreads() throws {
    func trained(_ lines: String, threads: Int, reversed: Bool = false) throws -> [[UInt8]] {
      let loss = "softmax_cross_entropy(y, t, weights: [1, 2, 3, 4], ignore: 2)"
      let (harness, sample) = try Self.painting(
        Self.painted(lines, loss: loss), .training(.float), threads: threads)
      if reversed { harness.reverseTasks() }
      for _ in 0..<3 { #expect(harness.train(sample, rate: 0.1).status == 0) }
      return harness.bits
    }
    let lines = "augment crop(2)\naugment flip\naugment rotate(20)\naugment mixup(0.4)"
    let once = try trained(lines, threads: 1)
    #expect(try trained(lines, threads: 3) == once)
    #expect(try trained(lines, threads: 1, reversed: true) == once)
    #expect(try trained("", threads: 1) != once)
  }
}

extension Numbers {
  fileprivate static func normals(of seed: UInt64, count: Int) -> [Double] {
    var numbers = Numbers(seed)
    return numbers.normals(count)
  }
}
