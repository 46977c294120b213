import Foundation
import Lowering
import Testing

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

  static let rows: [Row] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("References/Data/losses.json")
    guard let data = try? Data(contentsOf: path) else { return [] }
    return (try? JSONDecoder().decode([Row].self, from: data)) ?? []
  }()

  /// Protects that there is something to hold losses against.
  @Test func hasRows() { #expect(Self.rows.count > 20) }

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
