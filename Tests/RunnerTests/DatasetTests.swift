import Foundation
import Testing

@testable import Runner

struct DatasetTests {
  let scratch: Scratch
  private static let mnist = Fixture.root + "/../shared/data/mnist"
  private static let cifar = Fixture.root + "/../shared/data/cifar10"

  init() throws { scratch = try Scratch() }

  private func idx(_ shape: [UInt8], _ data: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)] + shape.flatMap { [0, 0, 0, $0] } + data
  }

  private func load(_ format: ExampleFormat) throws -> Dataset {
    try Dataset.load(scratch.path, format: format, pool: ThreadPool(threads: 2))
  }

  private func writeSmall(labels: [UInt8] = [0, 2], shape: [UInt8] = [2, 2, 2]) throws {
    for prefix in ["train", "t10k"] {
      try scratch.file("\(prefix)-images.idx3-ubyte", idx(shape, Array(0..<8)))
      try scratch.file("\(prefix)-labels-idx1-ubyte", idx([UInt8(labels.count)], labels))
    }
  }

  private let format = ExampleFormat(inputShape: [1, 2, 2], classes: 3)

  /// Protects the usual directory: names with a dash or a dot, a channel that is understood.
  @Test func readsADirectory() throws {
    try writeSmall()
    let dataset = try load(format)
    #expect(dataset.training.count == 2)
    #expect(dataset.test.inputs[0].shape == [2, 1, 2, 2])
    #expect(dataset.test.targetClass(1) == 2)
    let vector = try load(ExampleFormat(inputShape: [4], classes: 3))
    #expect(vector.training.inputs[0].shape == [2, 4])
  }

  /// Protects whoever has a hole in the data: the file and the place, not a layer and a learning
  /// rate.
  @Test func namesWhatIsNotFinite() throws {
    func message(_ inputs: [Double], _ shape: [Int], _ model: [Int], targets: [Double] = [0, 1])
      throws -> String
    {
      for part in ["train", "test"] {
        try NPY.write(
          try Tensor(shape: shape, values: inputs), to: "\(scratch.path)/\(part)-inputs.npy")
        try NPY.write(
          try Tensor(shape: [2], values: targets), to: "\(scratch.path)/\(part)-targets.npy")
      }
      let format = ExampleFormat(
        inputShape: model, classes: targets == [0, 1] ? 2 : nil, targetShape: [1])
      return failure { _ = try load(format) }
    }
    let help = "\nhelp: replace it, or leave the example out"
    let inputs = "\(scratch.path)/train-inputs.npy: holds "
    #expect(
      try message([1, 2, 3, .nan], [2, 2], [2])
        == inputs + "nan at index 1, column 1, counted from 0" + help)
    #expect(
      try message([1, -.infinity, 3, 4, 5, 6, 7, 8], [2, 2, 2], [1, 2, 2])
        == inputs + "-inf at index 0, [0, 1], counted from 0" + help)
    #expect(
      try message([1, 2, 3, 4e38], [2, 2], [2])
        == inputs + "4e+38 at index 1, column 1, counted from 0: more than a float32 can be" + help)
    #expect(
      try message([1, 2, 3, 4], [2, 2], [2], targets: [0.5, .nan])
        == "\(scratch.path)/train-targets.npy: holds nan at index 1, counted from 0" + help)
    #expect(try message([1, 2, 3, 4], [2, 2], [2]) == "no failure")
  }

  /// Protects against data of another model: the message names the file and what was expected.
  @Test func refusesWhatDoesNotFit() throws {
    let path = scratch.path
    #expect(failure { _ = try load(format) }.contains("holds no train-images-idx3-ubyte"))
    try writeSmall()
    let large = ExampleFormat(inputShape: [1, 28, 28], classes: 3)
    #expect(
      failure { _ = try load(large) }
        == "\(path)/train-images.idx3-ubyte: holds examples of shape [2, 2], the model's input is "
        + "[1, 28, 28]")
    let two = ExampleFormat(inputShape: [1, 2, 2], classes: 2)
    #expect(
      failure { _ = try load(two) }
        == "\(path)/train-labels-idx1-ubyte: holds label 2 at index 1, the model's classes are 0 to 1"
    )
    try writeSmall(labels: [0, 1, 1])
    #expect(failure { _ = try load(format) }.contains("holds 3 targets for the 2 examples in"))
    try writeSmall(labels: [], shape: [0, 2, 2])
    #expect(failure { _ = try load(format) }.contains("train-images.idx3-ubyte: holds more than"))
    let missing = failure {
      _ = try Dataset.load(.test, "/nonexistent", format: format)
    }
    #expect(
      missing.hasPrefix(
        "/nonexistent: there is no such directory or .csv file\nhelp: a data directory holds"))
  }

  /// Protects memory: what files declare is compared before their numbers are read, which of a small
  /// gzipped one may be gigabytes. Here there are none.
  @Test func comparesHeadersFirst() throws {
    try writeSmall()
    let images = scratch.path + "/train-images.idx3-ubyte"
    let path = try scratch.file("raw", idx([200, 2, 2], []))
    #expect(try Fixture.run("/bin/sh", ["-c", "gzip -c \(path) > \(images)"]) == 0)
    #expect(
      failure { _ = try load(format) }.contains("holds 2 targets for the 200 examples in \(images)")
    )
    try scratch.file("train-labels-idx1-ubyte", idx([200], []))
    let large = ExampleFormat(inputShape: [1, 28, 28], classes: 3)
    #expect(failure { _ = try load(large) }.contains("\(images): holds examples of shape [2, 2]"))
  }

  /// Protects CIFAR-10's files: the batches in order, labels apart from pixels, and messages that
  /// name the file that is wrong or missing.
  @Test func readsCIFAR() throws {
    let path = scratch.path
    let ten = ExampleFormat(inputShape: [3, 32, 32], classes: 10)
    func record(_ labels: [UInt8], _ pixel: UInt8) -> [UInt8] {
      labels + [UInt8](repeating: pixel, count: 3071) + [pixel &+ 1]
    }
    try scratch.file("data_batch_1.bin", record([3], 7) + record([0], 8))
    try scratch.file("data_batch_2.bin", record([9], 9))
    try scratch.file("test_batch.bin", record([1], 255))
    let dataset = try load(ten)
    #expect(dataset.training.inputs[0].shape == [3, 3, 32, 32])
    #expect((0..<3).map { dataset.training.targetClass($0) } == [3, 0, 9])
    let ends = (1...3).flatMap { [$0 * 3072 - 2, $0 * 3072 - 1] }
    #expect(ends.map { dataset.training.inputs[0][$0] } == [7, 8, 8, 9, 9, 10])
    #expect(dataset.test.targetClass(0) == 1)
    let small = ExampleFormat(inputShape: [1, 2, 2], classes: 10)
    #expect(
      failure { _ = try load(small) }
        == "\(scratch.path): holds examples of shape [3, 32, 32], the model's input is [1, 2, 2]")
    let two = ExampleFormat(inputShape: [3, 32, 32], classes: 9)
    #expect(
      failure { _ = try load(two) }
        == "\(path)/data_batch_2.bin: holds label 9 at index 0, the model's classes are 0 to 8")
    let first = "\(path)/data_batch_1.bin"
    let many = failure { _ = try CIFAR.read([first], .ten, classes: 10, mostImages: 1) }
    #expect(many.contains("data_batch_1.bin: makes more images than"))
    try scratch.file("data_batch_2.bin", Array(record([9], 9).dropLast()))
    #expect(
      failure { _ = try load(ten) }
        == "\(path)/data_batch_2.bin: holds 3072 bytes, which is no whole number of CIFAR's "
        + "records of 3073 bytes")
    try FileManager.default.moveItem(
      atPath: "\(path)/data_batch_2.bin", toPath: "\(path)/data_batch_3.bin")
    #expect(failure { _ = try load(ten) }.contains("but no data_batch_2.bin"))
  }

  /// Protects CIFAR-100's files, whose images have two labels, and a directory that lacks a part.
  @Test func readsCIFAR100() throws {
    func record(_ label: UInt8) -> [UInt8] { [2, label] + [UInt8](repeating: 1, count: 3072) }
    let format = ExampleFormat(inputShape: [3, 32, 32], classes: 100)
    try scratch.file("train.bin", record(99))
    #expect(failure { _ = try load(format) }.contains("but no test.bin and no test.bin.gz"))
    try scratch.file("test.bin", [])
    #expect(failure { _ = try load(format) }.contains("test.bin: holds no images"))
    try scratch.file("test.bin", record(98))
    let dataset = try load(format)
    #expect(dataset.training.targetClass(0) == 99)
    #expect(dataset.test.inputs[0][0] == 1)
  }

  /// Protects the published files, which only the project's own machines have.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: cifar), "CIFAR-10 is not there"))
  func readsCIFARItself() throws {
    let format = ExampleFormat(inputShape: [3, 32, 32], classes: 10)
    let test = try Dataset.load(.test, Self.cifar, format: format)
    #expect(test.inputs[0].shape == [test.count, 3, 32, 32])
    #expect(Set((0..<test.count).map { test.targetClass($0) }) == Set(0..<10))
  }

  /// Protects NPY directories: real inputs become the plugin's type, real targets keep their shape.
  @Test func readsNPY() throws {
    for part in ["train", "test"] {
      try NPY.write(
        try Tensor(shape: [3, 2], values: [1, 2, 3, 4, 5, 6]),
        to: "\(scratch.path)/\(part)-inputs.npy")
      try NPY.write(
        try Tensor(shape: [3], values: [0, 1, 2]), to: "\(scratch.path)/\(part)-targets.npy")
    }
    let real = try load(ExampleFormat(inputShape: [2], classes: nil, targetShape: [1]))
    #expect(real.training.inputs[0].type == .float32)
    guard case .values(let targets) = real.training.targets[0] else {
      Issue.record("targets are \(real.training.targets)")
      return
    }
    #expect(targets.shape == [3, 1])
    let classes = try load(ExampleFormat(inputShape: [2], classes: 3))
    #expect(classes.training.targetClass(2) == 2)
    #expect(
      failure { _ = try load(ExampleFormat(inputShape: [2], classes: 2)) }.contains("label 2"))
  }

  /// Protects the reading of the official files, where they are at hand.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: mnist), "MNIST is not there"))
  func readsMNIST() throws {
    let dataset = try Dataset.load(
      Self.mnist, format: ExampleFormat(inputShape: [1, 28, 28], classes: 10),
      pool: ThreadPool(threads: 2))
    #expect(dataset.training.count == 60_000)
    #expect(dataset.test.count == 10_000)
    #expect((0..<5).map { dataset.training.targetClass($0) } == [5, 0, 4, 1, 9])
    #expect(dataset.training.inputs[0].bytes.prefix(784).reduce(0) { $0 + Int($1) } == 27_525)
  }

  /// Protects the drawn digits: the same bytes on every machine, whatever the threads.
  @Test func drawsTheSameDigits() throws {
    let format = ExampleFormat(inputShape: [1, 28, 28], classes: 10)
    let sums = try [1, 3].map { threads in
      let digits = try BuiltInDigits.dataset(
        format: format, trainingCount: 300, testCount: 50, pool: ThreadPool(threads: threads))
      return digits.training.inputs[0].bytes.reduce(UInt64(14_695_981_039_346_656_037)) {
        ($0 ^ UInt64($1)) &* 1_099_511_628_211
      }
    }
    #expect(sums[0] == sums[1])
    #expect(sums[0] == 12_232_273_988_030_156_465)
  }

  /// Protects other models: any image, any number of classes up to ten, else a clear line.
  @Test func adaptsDigits() throws {
    let pool = try ThreadPool(threads: 2)
    func draw(_ shape: [Int], _ classes: Int?) throws -> Dataset {
      try BuiltInDigits.dataset(
        format: ExampleFormat(inputShape: shape, classes: classes), trainingCount: 40, testCount: 5,
        pool: pool)
    }
    let color = try draw([3, 32, 20], 4)
    #expect(color.training.inputs[0].shape == [40, 3, 32, 20])
    #expect((0..<40).allSatisfy { color.training.targetClass($0) < 4 })
    #expect(try draw([784], 10).training.inputs[0].shape == [40, 784])
    #expect(failure { _ = try draw([1, 28, 28], 11) }.contains("up to 10 classes"))
    #expect(failure { _ = try draw([1, 28, 28], nil) }.contains("target is real values"))
    #expect(failure { _ = try draw([17], 10) }.contains("the model's input is [17]"))
  }
}
