import Foundation
import IR
import Lowering
import Testing
import Verification

@testable import Runner

/// Whole trainings of one network by several processes.
@Suite struct ProcessTrainingTests {
  private static func text(_ more: String = "") -> String {
    """
    model joined {
      input x: [1, 8, 8]
      target label: class(3)
      y = x | conv(4, kernel: 3, padding: 1, bias: false) | batchnorm | relu | maxpool(2)
        | dropout(0.2) | flatten | dense(7) | tanh | dense(3)
      loss softmax_cross_entropy(y, label, reduction: mean) + l2(0.001) on *.weight
    }
    training {
      batch 20
      optimizer momentum
      augment flip
      augment crop(1)
      \(more)
    }
    """
  }

  private static func dataset(_ type: NumberType) throws -> Dataset {
    func examples(_ count: Int, seed: UInt64) throws -> Examples {
      var numbers = Numbers(seed)
      let labels = try AlignedMemory(byteCount: count * 4)
      var values = numbers.normals(count * 64)
      for example in 0..<count {
        let label = Int(numbers.next() % 3)
        labels.bytes.bindMemory(to: Int32.self)[example] = Int32(label)
        // Something to learn: a brighter row.
        for column in 0..<8 { values[example * 64 + label * 16 + column] += 1.5 }
      }
      return Examples(
        inputs: try Tensor(shape: [count, 1, 8, 8], values: values, as: type),
        targets: .classes(labels))
    }
    return Dataset(
      name: "", training: try examples(211, seed: 64), test: try examples(50, seed: 65))
  }

  private struct Trained: Sendable {
    var learned: [String: [Double]]
    var epochs: [EpochResult]
  }

  private struct Silent: TrainingReport {
    mutating func didEnd(_ result: EpochResult) {}
  }

  private static func train(
    _ text: String, _ precision: Precision, epochs: Int, checkpoint: CheckpointOptions? = nil,
    stop: StopSignal = .never, _ processes: ThreadedProcesses?
  ) throws -> Trained {
    var plan = PlanOptions.training(precision, fuses: true)
    plan.processes = processes?.count ?? 1
    let plugin = try CompilerFixture.plugin(text, plan)
    let harness = try PluginHarness(plugin, seed: 66, processes: processes)
    harness.initializeSlots()
    var trainer = try Trainer(
      harness.network, dataset: dataset(plugin.description.elementType),
      options: .init(epochs: epochs, learningRate: 0.05, seed: 9), checkpoints: checkpoint,
      stop: stop)
    var report = Silent()
    _ = try trainer.run(report: &report)
    return Trained(learned: harness.learned, epochs: trainer.epochs)
  }

  private static func expectSame(
    _ one: Trained, _ other: Trained, within tolerance: Double, _ comment: String
  ) {
    for name in other.learned.keys.sorted() {
      expectClose(
        one.learned[name] ?? [], other.learned[name] ?? [], within: tolerance, "\(name), \(comment)"
      )
    }
    for (mine, its) in zip(one.epochs, other.epochs) {
      expectClose(
        [mine.loss, mine.test.loss, mine.training.loss],
        [its.loss, its.test.loss, its.training.loss], within: tolerance, comment)
      #expect(mine.test.accuracy == its.test.accuracy, "\(comment)")
    }
    #expect(one.epochs.count == other.epochs.count)
  }

  /// Protects what a training of several processes comes to: after 110 steps, in epochs whose last
  /// batch is one of 11 examples, with draws for each example, what one process comes to, to 1e-12 in
  /// double and 1e-5 in float; the same bits in all processes and in each repetition, evaluations and
  /// metrics too.
  @Test(arguments: [(Precision.double, 1e-12), (.float, 1e-5)], [2, 4])
  func isOneTraining(_ kind: (precision: Precision, tolerance: Double), _ count: Int) throws {
    // Of float's rounding a network without kinks makes 3e-7; a number that a ReLU sees on the other side
    // of 0 makes as much as a whole step of one example.
    let text =
      kind.precision == .double
      ? Self.text() : Self.text().replacing("relu | maxpool(2)", with: "tanh | avgpool(2)")
    let alone = try Self.train(text, kind.precision, epochs: 10, nil)
    #expect((alone.epochs.last?.test.accuracy ?? 0) > 0.6)
    let runs = try (0..<2).map { _ in
      try ThreadedProcesses.run(count) {
        try Self.train(text, kind.precision, epochs: 10, $0)
      }
    }
    for one in runs.flatMap(\.self) {
      #expect(one.learned == runs[0][0].learned)
      Self.expectSame(one, alone, within: kind.tolerance, "\(count) processes")
    }
  }

  /// Protects checkpoints: a training that one process of three asked to stop goes on with two, and
  /// with one, and comes to what it would have come to.
  @Test func goesOnWithAnotherNumber() throws {
    let folder = NSTemporaryDirectory() + "/bnc-processes-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func checkpoint(_ name: String, resumes: Bool) throws -> CheckpointOptions {
      try CheckpointOptions(
        path: "\(folder)/\(name)", interval: 3, count: 1, resumes: resumes)
    }
    let whole = try Self.train(Self.text(), .double, epochs: 4, nil)
    for (first, then) in [(3, 2), (2, nil), (nil, 3)] as [(Int?, Int?)] {
      let name = "\(first ?? 1)-\(then ?? 1)"
      func run(_ processes: Int?, epochs: Int, resumes: Bool) throws -> Trained {
        let options = try checkpoint(name, resumes: resumes)
        guard let processes else {
          return try Self.train(Self.text(), .double, epochs: epochs, checkpoint: options, nil)
        }
        return try ThreadedProcesses.run(processes) {
          try Self.train(Self.text(), .double, epochs: epochs, checkpoint: options, $0)
        }[0]
      }
      _ = try run(first, epochs: 2, resumes: false)
      Self.expectSame(
        try run(then, epochs: 4, resumes: true), whole, within: 1e-12, name)
    }
  }

  /// Protects the end of a training by a signal: one process gets it, all stop after the same step.
  @Test func stopTogether() throws {
    let steps = try ThreadedProcesses.run(3) { processes in
      nonisolated(unsafe) var asked = 0
      let stop = StopSignal {
        asked += 1
        return processes.rank == 2 && asked > 4 ? 15 : nil
      }
      return try Self.train(Self.text(), .float, epochs: 3, stop: stop, processes).learned
    }
    #expect(steps[0] == steps[1] && steps[1] == steps[2])
  }

  /// Protects the start: processes whose data, weights or models differ are told apart, and named,
  /// in all of them.
  @Test func differencesAreNamed() throws {
    let failures = try ThreadedProcesses.run(3) { processes -> String in
      var plan = PlanOptions()
      plan.processes = 3
      let harness = try PluginHarness(
        CompilerFixture.plugin(Self.text(), plan), seed: processes.rank == 1 ? 2 : 1,
        processes: processes)
      var agreement = ProcessAgreement()
      agreement.add("seed", "1")
      try agreement.add(harness.network)
      agreement.add(try Self.dataset(.float32))
      do {
        try agreement.check(processes)
        return "none"
      } catch { return "\(error)" }
    }
    #expect(Set(failures).count == 1)
    #expect(failures[0].contains("thread 1 is of another training: its checksum of weights"))
  }
}
