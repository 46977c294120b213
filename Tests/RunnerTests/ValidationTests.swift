import Foundation
import Testing

@testable import Runner

struct ValidationTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Examples whose one feature is their number, of these classes.
  private func examples(_ labels: [Int32]) throws -> Examples {
    let inputs = try Tensor(
      shape: [labels.count, 1], values: labels.indices.map(Double.init), as: .float32)
    let memory = try AlignedMemory(byteCount: labels.count * 4)
    for (index, label) in labels.enumerated() {
      memory.bytes.storeBytes(of: label, toByteOffset: index * 4, as: Int32.self)
    }
    return Examples(inputs: inputs, targets: .classes(memory))
  }

  private func dataset(_ labels: [Int32]) throws -> Dataset {
    Dataset(name: "data", training: try examples(labels), test: try examples([0, 1]))
  }

  private func split(
    _ dataset: Dataset, _ share: Double, stratified: Bool = false, seed: UInt64 = 0
  ) throws -> Dataset {
    try ValidationSplit(share: share, isStratified: stratified, seed: seed).split(dataset)
  }

  private func rows(_ examples: Examples?) -> [Int] {
    examples.map { examples in (0..<examples.count).map { examples.row(of: $0) } } ?? []
  }

  /// Protects the promise that every machine validates on the same examples: they follow from the
  /// seed, are no part of what is trained on, and nothing is lost.
  @Test func splitsBySeed() throws {
    let data = try dataset(Array(repeating: 0, count: 10))
    let parts = try split(data, 0.3)
    #expect(rows(parts.validation) == [1, 5, 6])
    #expect((rows(parts.training) + rows(parts.validation)).sorted() == Array(0..<10))
    #expect(rows(try split(data, 0.3).validation) == rows(parts.validation))
    #expect(rows(try split(data, 0.3, seed: 5).validation) != rows(parts.validation))
    #expect(parts.test.count == 2 && parts.judge.part == .validation)
    // A part of a part has the rows of the whole.
    let again = try Examples(parts.training, chosen: [6, 0])
    #expect(rows(again) == [rows(parts.training)[6], rows(parts.training)[0]])
  }

  /// Protects rare classes: each gives its share, the whole has the size that was asked for, and one
  /// with a single example keeps it.
  @Test func stratifies() throws {
    let labels =
      Array(repeating: Int32(0), count: 60) + Array(repeating: 1, count: 30)
      + Array(repeating: 2, count: 9) + [3]
    for seed in UInt64(0)..<4 {
      let parts = try split(dataset(labels), 0.2, stratified: true, seed: seed)
      let validation = try #require(parts.validation)
      let counts = (0..<4).map { label in
        (0..<validation.count).count { validation.targetClass($0) == label }
      }
      #expect(counts == [12, 6, 2, 0])
    }
  }

  /// Protects whoever mistypes a share, or has a part already: what is wrong, and what to do.
  @Test func refusesWhatLeavesNothing() throws {
    let data = try dataset([0, 1, 0, 1])
    #expect(
      failure { _ = try split(data, 0.1) }
        == "a validation share of 0.1 leaves no examples to validate on: there are 4 in the training "
        + "part\nhelp: give another --validation, or more examples")
    #expect(failure { _ = try split(data, 0.95) }.contains("leaves no examples to train on"))
    #expect(failure { _ = try split(split(data, 0.5), 0.5) }.contains("data: holds a validation"))
    #expect(
      failure { _ = try split(dataset([0, 1, 2]), 0.4, stratified: true) }
        .contains("every class has one example"))
    let values = try Tensor(shape: [4, 1], values: [1, 2, 3, 4], as: .float32)
    let real = Examples(inputs: values, targets: .values(values))
    let regression = Dataset(name: "data", training: real, test: real)
    #expect(
      failure { _ = try split(regression, 0.5, stratified: true) }
        .contains("no target has one class for each example"))
    #expect(try split(regression, 0.5).validation?.count == 2)
  }

  /// Protects a part of its own in a folder, for one target and for several, and a single file, whose
  /// training part would otherwise be its own test.
  @Test func readsAPartOfItsOwn() throws {
    for part in ["train", "validation", "test"] {
      try scratch.file(
        "\(part).csv", Array("1,0\n2,1\n".utf8) + Array("3,\(part.count % 2)\n".utf8))
    }
    let format = ExampleFormat(inputShape: [1], classes: 2)
    let pool = try ThreadPool(threads: 2)
    let data = try Dataset.load(scratch.path, format: format, pool: pool)
    #expect(data.validation?.targetClass(2) == 0 && data.training.targetClass(2) == 1)
    let several = ModelFormat(
      inputs: [.init(name: "x", format: format, shape: [1])],
      targets: [.init(name: "y", format: format, shape: [])])
    #expect(try Dataset.load(scratch.path, format: several, pool: pool).validation?.count == 3)
    #expect(try Dataset.load(.validation, scratch.path, format: format).targetClass(2) == 0)
    let alone = try Dataset.load("\(scratch.path)/train.csv", format: format, pool: pool)
    #expect(!alone.hasOwnTest && alone.validation == nil)
    #expect(rows(try split(alone, 0.34).test).count == 1)
  }

  /// Protects what epochs are judged by and the test that nothing was chosen by: the batches of a
  /// part hold its own examples, and the test comes once, of the weights that are kept.
  @Test(.enabled(if: Fixture.isAvailable, "needs clang")) func judgesByTheValidationPart() throws {
    let network = try Fixture.network(in: scratch)
    let training = try Fixture.examples(90)
    let data = Dataset(name: "data", training: training, test: try Fixture.examples(40, seed: 8))
    let parts = try split(data, 0.25, stratified: true)
    var trainer = try Trainer(
      network, dataset: parts,
      options: .init(epochs: 6, learningRate: 0.8, seed: 1, keeps: .best), stop: .never)
    var report = SilentReport()
    let outcome = try trainer.run(report: &report)
    let validation = try #require(parts.validation)
    #expect(outcome.epochs.allSatisfy { $0.judge == .validation })
    #expect(PlainReport.line(outcome.epochs[0]).contains(", Validation_acc "))
    let line = String(decoding: try JSONEncoder().encode(outcome.epochs[0]), as: UTF8.self)
    #expect(line.contains("\"validation_accuracy\":") && !line.contains("test"))
    let best = try #require(outcome.best)
    #expect(outcome.bestKept == best.epoch)
    #expect(try network.evaluate(validation, [.accuracy]).accuracy == best.value)
    #expect(outcome.test == (try network.evaluate(data.test, [.accuracy])))
    // The same numbers as of examples that hold the part alone.
    let features = try Tensor(
      shape: [validation.count, 4],
      values: (0..<validation.count).flatMap { index in
        (0..<4).map { training.inputs[0][validation.row(of: index) * 4 + $0] }
      })
    let bytes = try AlignedMemory(byteCount: features.count)
    for index in 0..<features.count { bytes.bytes[index] = UInt8(features[index]) }
    let labels = try AlignedMemory(byteCount: validation.count * 4)
    for index in 0..<validation.count {
      labels.bytes.storeBytes(
        of: Int32(validation.targetClass(index)), toByteOffset: index * 4, as: Int32.self)
    }
    let copied = Examples(
      inputs: Tensor(shape: features.shape, type: .uint8, memory: bytes), targets: .classes(labels))
    #expect(
      try network.evaluate(copied, [.accuracy]) == (try network.evaluate(validation, [.accuracy])))
  }
}
