import Foundation
import Testing

@testable import Runner

/// Data for models of several inputs or targets.
@Suite struct SeveralExamplesTests {
  private let scratch: Scratch
  private let format = ModelFormat(
    inputs: [
      .init(
        name: "image", format: ExampleFormat(inputShape: [1, 2, 2], classes: nil),
        shape: [1, 2, 2]),
      .init(name: "side", format: ExampleFormat(inputShape: [3], classes: nil), shape: [3]),
    ],
    targets: [
      .init(name: "digit", format: ExampleFormat(inputShape: [], classes: 4), shape: []),
      .init(
        name: "place", format: ExampleFormat(inputShape: [], classes: nil, targetShape: [2]),
        shape: [2]),
    ])

  init() throws { scratch = try Scratch() }

  private func write(_ name: String, _ shape: [Int], _ values: [Double]) throws {
    try NPY.write(
      try Tensor(shape: shape, values: values), to: "\(scratch.path)/\(name).npy")
  }

  private func writeArrays() throws {
    try write("train-image", [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])
    try write("train-side", [2, 3], [10, 11, 12, 13, 14, 15])
    try write("train-digit", [2], [3, 0])
    try write("train-place", [2, 2], [0.25, 0.5, 0.75, 1])
  }

  private func load() throws -> Examples {
    try Dataset.load(.train, scratch.path, format: format)
  }

  private func check(_ examples: Examples) {
    #expect(examples.count == 2)
    #expect(examples.inputs.map(\.shape) == [[2, 1, 2, 2], [2, 3]])
    #expect(examples.inputs[1].values == [10, 11, 12, 13, 14, 15])
    #expect((0..<2).map { examples.targetClass($0) } == [3, 0])
    #expect(examples.targetValues(1, target: 1) == [0.75, 1])
    // The second example by itself, as a plugin reads it.
    let batch = examples.batch(from: 1, count: 1)
    #expect(batch.inputs[0]?.load(as: Float.self) == 5)
    #expect(batch.inputs[1]?.load(as: Float.self) == 13)
    #expect(batch.targets[0]?.load(as: Int32.self) == 0)
    #expect(batch.targets[1]?.load(as: Float.self) == 0.75)
  }

  /// Protects the files by name: each goes where its name says.
  @Test func arrays() throws {
    try writeArrays()
    check(try load())
  }

  /// Protects tables: the columns of the inputs in order, then those of the targets.
  @Test func table() throws {
    try scratch.file(
      "train.csv", Array("1,2,3,4,10,11,12,3,0.25,0.5\n5,6,7,8,13,14,15,0,0.75,1\n".utf8))
    check(try load())
    try scratch.file("train.csv", Array("1,2,3\n".utf8))
    #expect(
      failure { _ = try load() }
        .contains(
          "has 3 columns, the model wants 10: 4 of image, 3 of side, 1 of digit, 2 of place"))
  }

  /// Protects the line of a table that is wrong.
  @Test func line() throws {
    try scratch.file(
      "train.csv", Array("1,2,3,4,10,11,12,3,0.25,0.5\n5,6,7,8,13,14,15,4,0.75,1\n".utf8))
    #expect(
      failure { _ = try load() }.contains(
        "train.csv:2: has class 4, the model's classes are 0 to 3"))
  }

  /// Protects what is said of files that are missing, of another length, or of what is no class.
  @Test func mistakes() throws {
    #expect(failure { _ = try load() }.contains("train-image.npy: there is no such file"))
    try writeArrays()
    try write("train-side", [3, 3], Array(repeating: 1, count: 9))
    #expect(failure { _ = try load() }.contains("train-side.npy: holds 3 examples, and "))
    try writeArrays()
    try write("train-digit", [2], [3, 4])
    #expect(failure { _ = try load() }.contains("train-digit.npy: holds label 4 at index 1"))
    try writeArrays()
    try write("train-place", [3, 2], Array(repeating: 1, count: 6))
    #expect(failure { _ = try load() }.contains("holds 3 targets for the 2 examples"))
  }
}
