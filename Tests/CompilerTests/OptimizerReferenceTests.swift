import Foundation
import IR
import Lowering
import Operators
import Testing
import Verification

/// Optimizers against where PyTorch's took the same network in double:
/// Tests/References/Data/optimizers.json, which `python3 Tests/References/make_optimizers.py` writes.
@Suite struct OptimizerReferenceTests {
  /// A network's first parameters, its examples, and where optimizers took it.
  struct Trainings: Decodable, Sendable {
    let steps: Int
    /// Batches of 8 examples, which steps take turns at.
    let x, targets: [[Double]]
    let start: [String: [Double]]
    let rows: [Row]
  }

  /// An optimizer as a model file calls it, and the parameters after its last step.
  struct Row: Decodable, Sendable, CustomTestStringConvertible {
    let optimizer: String
    let rate: Double
    let end: [String: [Double]]
    /// What is evaluated in their place, where there is anything.
    let averages: [String: [Double]]?

    var testDescription: String { optimizer }
  }

  private static let trainings: Trainings? = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("References/Data/optimizers.json")
    guard let data = try? Data(contentsOf: path) else { return nil }
    return try? JSONDecoder().decode(Trainings.self, from: data)
  }()

  /// Protects that there is something to hold each optimizer of the language against.
  @Test func hasRows() {
    let called = Set(
      (Self.trainings?.rows ?? []).flatMap {
        $0.optimizer.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      })
    for definition in Library.standard.optimizers {
      #expect(called.contains(Substring(definition.signature.keyword)))
    }
    let texts = (Self.trainings?.rows ?? []).map(\.optimizer)
    let words =
      Library.standard.clippings.map { "clip \($0.signature.keyword)" }
      + Library.standard.averages.map { "average \($0.signature.keyword)" }
    for word in words { #expect(texts.contains { $0.contains(word) }, "\(word)") }
  }

  /// Protects the arithmetic, the slots and the defaults of every optimizer over a thousand steps:
  /// their names and values are PyTorch's.
  @Test(arguments: trainings?.rows ?? [])
  func thousandSteps(_ row: Row) throws {
    let trainings = try #require(Self.trainings)
    let text = """
      model trained {
        input x: [4]
        target t: [3]
        y = x | dense(5) | tanh | dense(3)
        loss mean_squared_error(y, t, reduction: mean)
      }
      training {
        batch 8
        optimizer \(row.optimizer)
      }
      """
    let harness = try PluginHarness(CompilerFixture.plugin(text, .training(.double)))
    harness.initializeSlots()
    for (name, values) in trainings.start { harness[name] = values }
    let samples = zip(trainings.x, trainings.targets).map { x, targets in
      var sample = Sample(inputs: x, labels: [])
      sample.values = targets
      sample.count = 8
      return sample
    }
    // Of several passes all have 8 examples but the last one, which has 5.
    let passes = harness.plugin.description.passes
    for pass in 0..<trainings.steps * passes {
      let index = pass % passes
      let outcome = harness.train(
        samples[pass % samples.count], rate: row.rate,
        count: passes > 1 && index == passes - 1 ? 5 : 8,
        pass: (index, passes, passes > 1 ? 8 * passes - 3 : 8), of: trainings.steps)
      #expect(outcome.status == 0)
    }
    for (name, values) in row.end {
      expectClose(harness[name], values, within: 1e-10, "\(name) by \(row.optimizer)")
    }
    let averages = harness.plugin.description.averages
    #expect(averages.count == row.averages?.count ?? 0)
    for (parameter, average) in averages {
      expectClose(
        harness[average.name], row.averages?[parameter.name] ?? [], within: 1e-10,
        "\(average.name) by \(row.optimizer)")
    }
  }
}
