/// A linear task: y = 3 x + 2 + noise, the noise of deviation 0.25. Output j of several follows
/// input j, and where there are more outputs than inputs, counting starts again at the first input. A label
/// says whether 3 x + noise is above 0.
enum BuiltInLine {
  static func dataset(
    format: ExampleFormat, trainingCount: Int = 1000, testCount: Int = 250
  ) throws -> Dataset {
    Dataset(
      name: format.hasLabels
        ? "rows of labels drawn by bnc, whether 3 x + noise > 0"
        : "rows of y = 3 x + 2 + noise drawn by bnc",
      training: try examples(trainingCount, seed: 2, format: format),
      test: try examples(testCount, seed: 3, format: format))
  }

  private static func examples(_ count: Int, seed: UInt64, format: ExampleFormat) throws
    -> Examples
  {
    let inputCount = format.inputShape.reduce(1, *)
    let targetCount = format.targetShape.reduce(1, *)
    var inputs: [Double] = []
    var targets: [Double] = []
    for index in 0..<count {
      var generator = RandomGenerator(seed: seed, purpose: .points, index: UInt64(index))
      let x = (0..<inputCount).map { _ in generator.bellShaped() }
      inputs += x
      for output in 0..<targetCount {
        let sum = 3 * x[output % inputCount] + 0.25 * generator.bellShaped()
        targets.append(format.hasLabels ? (sum > 0 ? 1 : 0) : sum + 2)
      }
    }
    return Examples(
      inputs: try Tensor(
        shape: [count] + format.inputShape, values: inputs, as: format.elementType),
      targets: .values(
        try Tensor(shape: [count] + format.targetShape, values: targets, as: format.elementType)))
  }
}
