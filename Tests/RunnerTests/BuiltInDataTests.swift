import Testing

@testable import Runner

struct BuiltInDataTests {
  private func draw(
    _ shape: [Int], _ classes: Int?, target: [Int] = [], _ type: NumberType = .float64
  ) throws -> Dataset {
    try BuiltInData.dataset(
      format: ExampleFormat(
        inputShape: shape, elementType: type, classes: classes, targetShape: target),
      pool: ThreadPool(threads: 1))
  }

  /// Protects the choice: moons for two classes of a vector, a line for real values, else digits.
  @Test func suitsTheModel() throws {
    #expect(try draw([2], 2).name == "points of two half moons drawn by bnc")
    #expect(try draw([10], 2).training.inputs[0].shape == [2000, 10])
    #expect(try draw([64], 2).name == "digits drawn by bnc")
    #expect(try draw([1, 8, 8], 2).name == "digits drawn by bnc")
    #expect(try draw([1], nil, target: [1]).name == "rows of y = 3 x + 2 + noise drawn by bnc")
    #expect(failure { _ = try draw([10], 3) }.contains("give the model's own data"))
    let data = try draw([2], 2)
    #expect(
      BuiltInData.note(data, "training on", count: data.training.count)
        == "no --data: training on 2,000 points of two half moons drawn by bnc")
  }

  /// Protects runs on other machines: the same points everywhere.
  @Test func drawsTheSamePoints() throws {
    let points = try draw([2], 2).training
    #expect((0..<8).map { points.targetClass($0) } == [0, 0, 0, 0, 0, 1, 1, 1])
    #expect(points.inputs[0].values.prefix(2).map { ($0 * 1e6).rounded() } == [947_847, 518_284])
  }

  /// Protects the shapes: each point lies near its own half circle.
  @Test func moonsAreHalfCircles() throws {
    let points = try draw([2], 2).test
    for index in 0..<points.count {
      let (x, y) = (points.inputs[0][2 * index], points.inputs[0][2 * index + 1])
      let (left, up) = points.targetClass(index) == 0 ? (x, y) : (1 - x, 0.5 - y)
      #expect(abs((left * left + up * up).squareRoot() - 1) < 0.5 && up > -0.5)
    }
  }

  /// Protects the line: output j follows input j, or starts again at the first one.
  @Test func theLineIsALine() throws {
    let rows = try draw([2], nil, target: [3]).training
    guard case .values(let targets) = rows.targets[0] else {
      Issue.record("targets are \(rows.targets)")
      return
    }
    for row in 0..<rows.count {
      for output in 0..<3 {
        let error = targets[row * 3 + output] - 3 * rows.inputs[0][row * 2 + output % 2] - 2
        #expect(abs(error) < 1)
      }
    }
  }
}
