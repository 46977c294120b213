import IR
import Lowering
import Testing
import Verification

@testable import Runner

/// Evaluations and predictions that see each example several times.
@Suite struct TestAugmentationTests {
  private static func text(_ lines: String, target: String = "class(3)", second: Bool = false)
    -> String
  {
    let loss = target == "class(3)" ? "softmax_cross_entropy" : "mean_squared_error"
    return """
      model seen {
        input x: [2, 5, 4]
        \(second ? "input w: [1, 3, 3]" : "")
        target t: \(target)
        a = x | conv(3, kernel: 2) | batchnorm | relu | flatten
        \(second ? "b = w | flatten\n  y = concat(a, b) | dense(3)" : "y = a | dense(3)")
        loss \(loss)(y, t)
      }
      training {
        batch 4
        data scale(1/255)
        \(lines)
      }
      """
  }

  /// Numbers of an image [2, 5, 4] flipped and moved, straight from the description: first what is moved,
  /// then what is flipped.
  private static func seen(
    _ image: [Double], flipsRows: Bool = false, flipsColumns: Bool = false, by: Int = 0,
    edge: Bool = false
  ) -> [Double] {
    func inside(_ place: Int, _ size: Int) -> Int {
      if edge { return max(0, min(size - 1, place)) }
      return place < 0 ? -place : place >= size ? 2 * size - 2 - place : place
    }
    var moved = image
    for c in 0..<2 {
      for i in 0..<5 {
        for j in 0..<4 {
          moved[c * 20 + i * 4 + j] = image[c * 20 + inside(i + by, 5) * 4 + inside(j + by, 4)]
        }
      }
    }
    var result = moved
    for c in 0..<2 {
      for i in 0..<5 {
        for j in 0..<4 {
          let (row, column) = (flipsRows ? 4 - i : i, flipsColumns ? 3 - j : j)
          result[c * 20 + i * 4 + j] = moved[c * 20 + row * 4 + column]
        }
      }
    }
    return result
  }

  private typealias View = (weight: Double, of: @Sendable ([Double]) -> [Double])

  private static let cases: [(lines: String, views: [View])] = [
    ("tta flip", [(0.5, { $0 }), (0.5, { seen($0, flipsColumns: true) })]),
    ("tta flip(vertical)", [(0.5, { $0 }), (0.5, { seen($0, flipsRows: true) })]),
    (
      "tta shift(2)",
      [(0.5, { $0 }), (0.25, { seen($0, by: -2) }), (0.25, { seen($0, by: 2) })]
    ),
    (
      "tta shift(1, mode: edge)\ntta flip",
      [
        (0.25, { $0 }), (0.25, { seen($0, flipsColumns: true) }),
        (0.125, { seen($0, by: -1, edge: true) }),
        (0.125, { seen($0, flipsColumns: true, by: -1, edge: true) }),
        (0.125, { seen($0, by: 1, edge: true) }),
        (0.125, { seen($0, flipsColumns: true, by: 1, edge: true) }),
      ]
    ),
    (
      "tta flip\ntta shift(1)",
      [
        (0.25, { $0 }), (0.125, { seen($0, by: -1) }), (0.125, { seen($0, by: 1) }),
        (0.25, { seen($0, flipsColumns: true) }),
        (0.125, { seen(seen($0, flipsColumns: true), by: -1) }),
        (0.125, { seen(seen($0, flipsColumns: true), by: 1) }),
      ]
    ),
  ]

  private static func examples(
    _ numbers: [Double], _ type: NumberType, real: Bool = false
  ) throws -> Examples {
    let count = numbers.count / 40
    let labels = try AlignedMemory(byteCount: count * 4)
    for row in 0..<count { labels.bytes.bindMemory(to: Int32.self)[row] = Int32(row % 3) }
    var values = Numbers(31)
    let rest = values.normals(count * 3)
    return Examples(
      inputs: try Tensor.of(numbers, shape: [count, 2, 5, 4], as: type),
      targets: real
        ? .values(try Tensor(shape: [count, 3], values: rest, as: .float64)) : .classes(labels))
  }

  /// Protects what is predicted and what an evaluation judges: outputs are the mean of those of each view,
  /// and the loss that of their losses, of bytes and reals, of all examples and of some of them.
  @Test(arguments: cases.indices, [true, false])
  func isTheMeanOfTheViews(_ index: Int, isBytes: Bool) throws {
    let (lines, views) = Self.cases[index]
    for target in ["class(3)", "[3]"] {
      let plan = PlanOptions.training(.double)
      let once = try PluginHarness(
        CompilerFixture.plugin(Self.text("", target: target), plan), seed: 41)
      let harness = try PluginHarness(
        CompilerFixture.plugin(Self.text(lines, target: target), plan), seed: 41)
      #expect(harness.plugin.description.views.count == views.count)
      var numbers = Numbers(42)
      let images = numbers.uniforms(11 * 40, 0, 255).map { isBytes ? $0.rounded(.down) : $0 / 255 }
      let type: NumberType = isBytes ? .uint8 : .float64
      let all = try Self.examples(images, type, real: target == "[3]")
      for examples in [all, try Examples(all, chosen: [7, 0, 3, 10, 4, 9])] {
        var (outputs, loss) = ([Double](repeating: 0, count: examples.count * 3), 0.0)
        for (weight, view) in views {
          let seen = (0..<11).flatMap { view(Array(images[$0 * 40..<($0 + 1) * 40])) }
          var shown = try Self.examples(seen, type, real: target == "[3]")
          if examples.count < 11 { shown = try Examples(shown, chosen: [7, 0, 3, 10, 4, 9]) }
          let found = try Evaluator(once.network).outputs(of: shown)[0].values
          for place in outputs.indices { outputs[place] += weight * found[place] }
          loss += weight * (try once.network.evaluate(shown, []).loss)
        }
        let found = try Evaluator(harness.network).outputs(of: examples)[0].values
        expectClose(found, outputs, within: 1e-14, lines)
        let evaluation = try harness.network.evaluate(
          examples, target == "[3]" ? [.meanAbsoluteError] : [.accuracy])
        #expect(abs(evaluation.loss - loss) < 1e-13)
        let right = (0..<examples.count).filter { example in
          let own = (0..<3).map { outputs[example * 3 + $0] }
          return own.firstIndex(of: own.max() ?? 0) == examples.targetClass(example)
        }
        if target == "class(3)" {
          #expect(evaluation.accuracy == Double(right.count) / Double(examples.count))
        }
      }
      // A step of training sees what it sees without them.
      let sample = Sample(
        try CompilerFixture.compile(Self.text(lines, target: target)).model, count: 4, seed: 5)
      #expect(once.train(sample, rate: 0.1).loss == harness.train(sample, rate: 0.1).loss)
      #expect(once.bits == harness.bits)
    }
  }

  /// Protects sequences, which have no rows to be moved by.
  @Test func sequences() throws {
    let text = """
      model seen {
        input x: [2, 9]
        target t: class(3)
        y = x | conv(4, kernel: 3) | flatten | dense(3)
        loss softmax_cross_entropy(y, t)
      }
      training {
        batch 4
        tta shift(2)
        tta flip
      }
      """
    let views = try CompilerFixture.plugin(text, .training(.double)).description.views
    #expect(views.map(\.inputs[0].right) == [0, 0, -2, -2, 2, 2])
    #expect(views.allSatisfy { $0.inputs[0].down == 0 && !$0.inputs[0].flipsRows })
  }

  /// Protects models of several inputs: a view changes those that it is for, all at once.
  @Test func severalInputs() throws {
    let once = try PluginHarness(
      CompilerFixture.plugin(Self.text("", second: true), .training(.double)), seed: 43)
    var numbers = Numbers(44)
    let (x, w) = (numbers.normals(3 * 40), numbers.normals(3 * 9))
    func outputs(_ harness: PluginHarness, _ x: [Double], _ w: [Double]) throws -> [Double] {
      try Evaluator(harness.network).outputs(
        of: Examples(
          inputs: [
            Tensor(shape: [3, 2, 5, 4], values: x, as: .float64),
            Tensor(shape: [3, 1, 3, 3], values: w, as: .float64),
          ], targets: [.none]))[0].values
    }
    let flippedX = (0..<3).flatMap {
      Self.seen(Array(x[$0 * 40..<($0 + 1) * 40]), flipsColumns: true)
    }
    let flippedW: [Double] = (0..<27).map { place in w[place / 3 * 3 + 2 - place % 3] }
    for (line, own) in [("tta flip", flippedW), ("tta flip on x", w)] {
      let harness = try PluginHarness(
        CompilerFixture.plugin(Self.text(line, second: true), .training(.double)), seed: 43)
      let (plain, mirrored) = (try outputs(once, x, w), try outputs(once, flippedX, own))
      expectClose(
        try outputs(harness, x, w), zip(plain, mirrored).map { ($0 + $1) / 2 }, within: 1e-14, line)
    }
  }
}
