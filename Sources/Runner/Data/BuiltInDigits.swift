import Diagnostics

/// Digits that the program draws, for a machine without files and without a network.
enum BuiltInDigits {
  /// A data set for a model, the same bytes for the same `seed` on every machine: any image of 8 by
  /// 8 pixels or more, or a vector as long as such a square image, and up to ten classes.
  ///
  /// - Throws: a failure when the model's input is no image or its target no such class.
  static func dataset(
    format: ExampleFormat, trainingCount: Int? = nil, testCount: Int? = nil, seed: UInt64 = 0,
    pool: ThreadPool
  ) throws -> Dataset {
    let image = try imageShape(format)
    let size = image.reduce(1, *)
    // As many as are soon drawn, and no more bytes than MNIST has.
    let usual = min(12_000, max(600, 47_000_000 / size))
    return Dataset(
      name: "digits drawn by bnc",
      training: try examples(
        trainingCount ?? usual, image: image, format: format, seed: 2 &* seed, pool: pool),
      test: try examples(
        testCount ?? usual / 6, image: image, format: format, seed: 2 &* seed &+ 1, pool: pool))
  }

  /// [channels, height, width] for a model's input.
  private static func imageShape(_ format: ExampleFormat) throws -> [Int] {
    let help = "give the model's own data: --data DIR"
    guard let classes = format.classes, (1...10).contains(classes) else {
      let target = format.classes.map { "\($0) classes" } ?? "real values"
      throw Failure(
        "the digits that bnc draws have up to 10 classes, the model's target is \(target)",
        help: help)
    }
    var shape = format.inputShape
    if shape.count == 1 {
      let side = Int(Double(shape[0]).squareRoot().rounded())
      if side * side == shape[0] { shape = [1, side, side] }
    }
    if shape.count == 2 { shape = [1] + shape }
    guard shape.count == 3, shape[1] >= 8, shape[2] >= 8, shape[0] <= 64,
      let size = checkedCount(shape), size <= 1 << 22
    else {
      throw Failure(
        "the digits that bnc draws are images of 8 x 8 pixels or more, the model's input is "
          + describe(shape: format.inputShape), help: help)
    }
    return shape
  }

  private static func examples(
    _ count: Int, image: [Int], format: ExampleFormat, seed: UInt64, pool: ThreadPool
  ) throws -> Examples {
    let size = image.reduce(1, *)
    let classes = format.classes ?? 10
    let pixels = try AlignedMemory(byteCount: count * size, purpose: "drawn digits")
    let labels = try AlignedMemory(byteCount: count * 4, purpose: "drawn digits' labels")
    let chunk = 100
    pool.forEach((count + chunk - 1) / chunk) { part in
      var drawing = DigitDrawing(height: image[1], width: image[2])
      for index in part * chunk..<min(count, (part + 1) * chunk) {
        var generator = RandomGenerator(seed: seed, purpose: .digits, index: UInt64(index))
        let digit = Int(generator.below(UInt64(classes)))
        let target = UnsafeMutableRawBufferPointer(
          rebasing: pixels.bytes[index * size..<(index + 1) * size])
        drawing.draw(
          digit, channels: image[0], generator: &generator, into: target.bindMemory(to: UInt8.self))
        labels.bytes.storeBytes(of: Int32(digit), toByteOffset: index * 4, as: Int32.self)
      }
    }
    return Examples(
      inputs: Tensor(shape: [count] + format.inputShape, type: .uint8, memory: pixels),
      targets: .classes(labels))
  }
}
