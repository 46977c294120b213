/// Two classes that no straight line parts: half moons that reach into each other.
///
/// The first two features are the place; any others are noise, which a network must learn to leave
/// out. Class 0 is the upper half of a circle of radius 1 around (0, 0), class 1 the lower half of
/// one around (1, 0.5); each place is off by noise of deviation 0.1.
enum BuiltInMoons {
  /// Whether a model's examples can be such points: two classes, and a vector of at least two that
  /// is not as long as a square image, which digits are drawn for.
  static func fit(_ format: ExampleFormat) -> Bool {
    guard format.classes == 2, format.inputShape.count == 1 else { return false }
    let features = format.inputShape[0]
    let side = Int(Double(features).squareRoot().rounded())
    return (2...4096).contains(features) && (side < 8 || side * side != features)
  }

  static func dataset(
    format: ExampleFormat, trainingCount: Int = 2000, testCount: Int = 500
  ) throws -> Dataset {
    Dataset(
      name: "points of two half moons drawn by bnc",
      training: try examples(trainingCount, seed: 0, format: format),
      test: try examples(testCount, seed: 1, format: format))
  }

  private static func examples(_ count: Int, seed: UInt64, format: ExampleFormat) throws
    -> Examples
  {
    var values: [Double] = []
    let labels = try AlignedMemory(byteCount: count * 4, purpose: "drawn points' labels")
    for index in 0..<count {
      var generator = RandomGenerator(seed: seed, purpose: .points, index: UInt64(index))
      let label = Int(generator.below(2))
      labels.bytes.storeBytes(of: Int32(label), toByteOffset: index * 4, as: Int32.self)
      let (x, y) = direction(&generator)
      let place = label == 0 ? [x, y] : [1 - x, 0.5 - y]
      values += place.map { $0 + 0.1 * generator.bellShaped() }
      for _ in 2..<format.inputShape[0] { values.append(0.5 * generator.bellShaped()) }
    }
    return Examples(
      inputs: try Tensor(
        shape: [count] + format.inputShape, values: values, as: format.elementType),
      targets: .classes(labels))
  }

  /// A point of the upper half of the unit circle, all equally likely, without a sine: the
  /// direction of a point within the circle.
  private static func direction(_ generator: inout RandomGenerator) -> (Double, Double) {
    while true {
      let (x, y) = (generator.uniform(-1, 1), generator.uniform(0, 1))
      let square = x * x + y * y
      if square > 1 || square < 0.01 { continue }
      return (x / square.squareRoot(), y / square.squareRoot())
    }
  }
}
