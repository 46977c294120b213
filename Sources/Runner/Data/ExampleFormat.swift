import Diagnostics

/// What a model wants its examples to look like, and the turning of files into that.
package struct ExampleFormat: Hashable, Sendable {
  /// One example's: [channels, height, width] or [features].
  package var inputShape: [Int]
  /// What real values are stored as.
  package var elementType: NumberType
  /// The number of classes, or nil where the targets are real values.
  package var classes: Int?
  /// Whether real values as targets say whether something is so, from 0 to 1.
  package var hasLabels = false
  /// A label that is no class and may stand in the place of one: it does not count.
  package var ignored: Int?
  /// One example's; of classes their positions, and empty where an example has one.
  package var targetShape: [Int]

  /// What is made of sound.
  package var sound: SoundFeatures?
  /// Whether images of another size are brought to that of the input.
  package var resizes = false
  /// Whether files that cannot be decoded are left out.
  package var skipsBad = false

  /// Numbers, or classes, of one example's target.
  package var targetCount: Int { targetShape.reduce(1, *) }

  /// A format from its parts.
  package init(
    inputShape: [Int], elementType: NumberType = .float32, classes: Int?, ignored: Int? = nil,
    targetShape: [Int] = []
  ) {
    self.inputShape = inputShape
    self.elementType = elementType
    self.classes = classes
    self.ignored = ignored
    self.targetShape = targetShape
  }

  /// What an input and a target want; nothing of inputs, or of targets, where it is nil.
  init(
    input: PluginValue? = nil, target: PluginValue? = nil, hasLabels: Bool = false,
    elementType: NumberType
  ) {
    self.init(
      inputShape: input?.shape ?? [], elementType: elementType, classes: target?.classes,
      ignored: target?.ignored, targetShape: target?.shape ?? [])
    self.hasLabels = hasLabels
    sound = input?.sound
    resizes = input?.resizes ?? false
  }

  /// Takes a file's numbers as inputs: bytes stay bytes, all others become real values.
  ///
  /// - Throws: a failure that names `path` where an example's shape is not the model's, or where a
  ///   number is not finite.
  func inputs(_ tensor: Tensor, path: String) throws -> Tensor {
    try checkInputs(tensor.shape, path: path)
    let found = Array(tensor.shape.dropFirst())
    let shaped = tensor.reshaped(tensor.shape.prefix(1) + inputShape)
    return shaped.type == .uint8 ? shaped : try finite(shaped, storedAs: found, path: path)
  }

  /// Fails where inputs of `shape`, which the file at `path` declares, are not the model's.
  func checkInputs(_ shape: [Int], path: String) throws {
    let found = Array(shape.dropFirst())
    guard !shape.isEmpty, accepts(found) else {
      throw Failure(
        "holds examples of shape \(describe(shape: found)), the model's input is "
          + describe(shape: inputShape), path: path,
        help: resizes
          ? "'data resize' is for images in folders of their classes: arrays have the model's shape"
          : nil)
    }
  }

  /// `tensor` as the network's real values, every one finite: a loss that is not would name a layer
  /// and a learning rate, and not the data. Its examples have the shape `stored` in their file.
  private func finite(_ tensor: Tensor, storedAs stored: [Int], path: String) throws -> Tensor {
    let converted = try tensor.converted(to: elementType)
    guard let index = converted.firstNotFinite else { return converted }
    let size = max(tensor.shape.dropFirst().reduce(1, *), 1)
    let number = tensor[index]
    throw Failure(
      "holds \(shortest(number, digits: 6)) at index \(index / size)"
        + Self.place(index % size, in: stored) + ", counted from 0"
        + (number.isFinite ? ": more than a \(elementType) can be" : ""),
      path: path, help: "replace it, or leave the example out")
  }

  /// `, column 3` of a row; `, [0, 4, 5]` of an image.
  private static func place(_ offset: Int, in shape: [Int]) -> String {
    guard shape.count > 1 else { return shape.isEmpty ? "" : ", column \(offset)" }
    var rest = offset
    var places: [Int] = []
    for length in shape.reversed() {
      places.insert(rest % length, at: 0)
      rest /= length
    }
    return ", \(describe(shape: places))"
  }

  /// A missing axis of one channel is understood, a vector takes an image row by row, and an image
  /// a vector.
  private func accepts(_ shape: [Int]) -> Bool {
    shape == inputShape || [1] + shape == inputShape
      || inputShape.count == 1 && checkedCount(shape) == inputShape[0]
      || shape.count == 1 && shape[0] == inputShape.reduce(1, *)
  }

  /// Takes a file's numbers as targets for `count` examples.
  ///
  /// - Throws: a failure that names `path` where there are more or fewer, or where one is no class
  ///   of the model.
  func targets(_ tensor: Tensor, count: Int, path: String, inputsPath: String) throws
    -> Examples.Targets
  {
    try checkTargets(tensor.shape, count: count, path: path, inputsPath: inputsPath)
    guard let classes else { return .values(try realTargets(tensor, path: path)) }
    let memory = try AlignedMemory(byteCount: tensor.count * 4, purpose: "labels")
    for index in 0..<tensor.count {
      let label = tensor[index]
      guard isLabel(label) else {
        let text = Int(exactly: label).map(String.init) ?? "\(label)"
        throw Failure(
          "holds label \(text) at index \(index), the model's classes are \(labels(classes))",
          path: path)
      }
      memory.bytes.storeBytes(of: Int32(label), toByteOffset: index * 4, as: Int32.self)
    }
    return .classes(memory, perExample: targetCount)
  }

  /// Fails where targets of `shape`, which the file at `path` declares, are not the model's for `count`
  /// examples.
  func checkTargets(_ shape: [Int], count: Int, path: String, inputsPath: String) throws {
    guard shape.first == count else {
      throw Failure(
        "holds \(shape.first ?? 1) targets for the \(count) examples in \(inputsPath)", path: path)
    }
    let found = Array(shape.dropFirst())
    if classes == nil {
      let isRow = found.count == 1 && found[0] == targetCount
      guard found == targetShape || isRow || found.isEmpty && targetCount == 1 else {
        throw Failure(
          "holds targets of shape \(describe(shape: found)), the model's target is "
            + describe(shape: targetShape), path: path)
      }
      return
    }
    guard
      checkedCount(found) == targetCount,
      targetCount == 1 || found.count == 1 || found == targetShape
    else {
      throw Failure(
        "holds targets of shape \(describe(shape: found)), the model wants "
          + (targetShape.isEmpty
            ? "one class for each example" : "classes of shape \(describe(shape: targetShape))"),
        path: path)
    }
  }

  /// Whether a number is a class of the model, or the one that does not count.
  func isLabel(_ number: Double) -> Bool {
    guard let label = Int(exactly: number), let classes else { return false }
    return (0..<classes).contains(label) || label == ignored
  }

  /// `0 to 9`, and which label does not count.
  func labels(_ classes: Int) -> String {
    "0 to \(classes - 1)" + (ignored.map { ", and \($0) for what does not count" } ?? "")
  }

  private func realTargets(_ tensor: Tensor, path: String) throws -> Tensor {
    let stored = Array(tensor.shape.dropFirst())
    let targets = try finite(
      tensor.reshaped(tensor.shape.prefix(1) + targetShape), storedAs: stored, path: path)
    // What was resampled may be off by its rounding.
    guard hasLabels, let index = targets.firstOutside(-1e-6...1 + 1e-6) else { return targets }
    throw Failure(
      "holds the target \(shortest(targets[index], digits: 6)) at index \(index / max(targetCount, 1))"
        + Self.place(index % max(targetCount, 1), in: stored)
        + ", counted from 0, and a binary cross "
        + "entropy's are from 0 to 1",
      path: path, help: "1 says that something is so, and 0 that it is not")
  }
}
