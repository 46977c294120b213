import Foundation
import Lowering
import Testing
import Verification

/// Losses against what PyTorch computed in double: Tests/References/Data/losses.json, which
/// `python3 Tests/References/make_losses.py` writes.
@Suite struct LossReferenceTests {
  /// A loss of some numbers against some targets, and what PyTorch makes of it.
  struct Row: Decodable, Sendable, CustomTestStringConvertible {
    let loss, target: String
    let shape: [Int]
    let x, targets: [Double]
    let value: Double
    let gradient: [Double]

    var testDescription: String { "\(loss) of \(shape) against \(target)" }

    /// A model whose loss reads its input, number by number.
    var text: String {
      """
      model losses {
        input x: \(shape)
        target t: \(target)
        y = x | scale_shift
        loss \(loss)
      }
      training { batch 8 }
      """
    }

    var count: Int { x.count / shape.reduce(1, *) }
  }

  /// A dense layer's loss with penalties on its parameters, and what PyTorch makes of it.
  struct Penalized: Decodable, Sendable, CustomTestStringConvertible {
    let loss: String
    let x, targets, weight, bias: [Double]
    let value: Double
    let weightGradient, biasGradient: [Double]

    var testDescription: String { loss }
  }

  static let rows: [Row] = read("losses")
  static let penalized: [Penalized] = read("penalties")

  private static func read<Row: Decodable>(_ name: String) -> [Row] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("References/Data/\(name).json")
    guard let data = try? Data(contentsOf: path) else { return [] }
    return (try? JSONDecoder().decode([Row].self, from: data)) ?? []
  }

  /// Protects that there is something to hold losses against.
  @Test func hasRows() {
    #expect(Self.rows.count > 20)
    #expect(Self.penalized.count == 2)
  }

  /// Protects what a loss adds for parameters: in the loss that is reported, of a step, of an
  /// evaluation and of an inference, in the gradients, and in where a step moves the parameters.
  @Test(arguments: penalized)
  func penalties(_ row: Penalized) throws {
    let text = """
      model penalized {
        input x: [4]
        target t: [3]
        y = x | dense(3)
        loss \(row.loss)
      }
      training { batch 8 }
      """
    var sample = Sample(inputs: row.x, labels: [])
    sample.count = row.x.count / 4
    sample.values = row.targets
    let whole = row.value * (row.loss.contains("mean)") ? Double(sample.count) : 1)
    for plan in [
      PlanOptions.inspection(), .training(.double), .inference(.double), .evaluation(.double),
    ] {
      let harness = try PluginHarness(CompilerFixture.plugin(text, plan))
      harness["dense1.weight"] = row.weight
      harness["dense1.bias"] = row.bias
      expectClose([harness.evaluate(sample).loss], [whole], within: 1e-12, "loss")
      switch plan.purpose {
      case .inspection:
        expectClose([harness.gradient(sample).loss], [whole], within: 1e-12, "loss of a step")
        expectClose(
          try harness.gradient(of: "dense1.weight"), row.weightGradient, within: 1e-12, "weight")
        expectClose(
          try harness.gradient(of: "dense1.bias"), row.biasGradient, within: 1e-12, "bias")
      case .training:
        expectClose(
          [harness.train(sample, rate: 0.5).loss], [whole], within: 1e-12, "loss of training")
        expectClose(
          harness["dense1.weight"], zip(row.weight, row.weightGradient).map { $0 - 0.5 * $1 },
          within: 1e-12, "moved weight")
        expectClose(
          harness["dense1.bias"], zip(row.bias, row.biasGradient).map { $0 - 0.5 * $1 },
          within: 1e-12, "moved bias")
      case .inference, .evaluation: break
      }
    }
  }

  /// Protects what each loss is and its gradient, as PyTorch has them, in training and in the
  /// evaluation of single examples.
  @Test(arguments: rows)
  func loss(_ row: Row) throws {
    let inspection = try Self.harness(row, .inspection())
    let sample = Sample(row)
    let found = inspection.gradient(sample)
    #expect(found.status == 0)
    let isMean = row.loss.contains("reduction: mean")
    let whole = isMean ? row.value * Double(row.count) : row.value
    expectClose([found.loss], [whole], within: 1e-12, "loss")
    expectClose(
      try inspection.values("x.gradient", count: row.count), row.gradient, within: 1e-12,
      "gradient")
    let inference = try Self.harness(row, .inference(.double))
    expectClose([inference.evaluate(sample).loss], [whole], within: 1e-12, "loss of an inference")
  }

  private static func harness(_ row: Row, _ plan: PlanOptions) throws -> PluginHarness {
    let harness = try PluginHarness(CompilerFixture.plugin(row.text, plan))
    for name in harness.parameterNames {
      let value: Double = name.hasSuffix("gamma") ? 1 : 0
      harness[name] = harness[name].map { _ in value }
    }
    return harness
  }
}

extension Sample {
  /// The examples of a row.
  init(_ row: LossReferenceTests.Row) {
    self.init(inputs: row.x, labels: [])
    count = row.count
    if row.target.hasPrefix("class") {
      labels = row.targets.map { Int32($0) }
    } else {
      values = row.targets
    }
  }
}
