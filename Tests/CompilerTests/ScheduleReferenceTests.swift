import Foundation
import IR
import Operators
import Testing

@testable import Runner

/// Schedules against PyTorch's schedulers: Tests/References/Data/schedules.json, which
/// `python3 Tests/References/make_schedules.py` writes.
@Suite struct ScheduleReferenceTests {
  struct Rates: Decodable, Sendable {
    /// Of a training, and steps of each epoch.
    let epochs, steps: Int
    let rows: [Row]
    let plateaus: [Row]
  }

  /// A schedule as a model file calls it, and the rates for a learning rate of 1: of each step, or
  /// after each of the tests in `values`.
  struct Row: Decodable, Sendable, CustomTestStringConvertible {
    let schedule: String
    /// nil where it is any.
    let optimizer: String?
    let values: [Double]?
    let rates: [Double]
    /// Of each step, where the schedule changes them.
    let momenta: [Double]?

    var testDescription: String { (optimizer.map { $0 + " " } ?? "") + schedule }
  }

  private static let reference: Rates? = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("References/Data/schedules.json")
    guard let data = try? Data(contentsOf: path) else { return nil }
    return try? JSONDecoder().decode(Rates.self, from: data)
  }()

  private static func text(_ row: Row) -> String {
    """
    model scheduled {
      input x: [4]
      target label: class(5)
      y = x | dense(5)
      loss softmax_cross_entropy(y, label)
    }
    training {
      optimizer \(row.optimizer ?? "sgd")
      schedule \(row.schedule)
    }
    """
  }

  /// Protects that there is something to hold each schedule of the language against.
  @Test func hasRows() throws {
    let reference = try #require(Self.reference)
    let called = Set(
      (reference.rows + reference.plateaus).compactMap { $0.schedule.split(separator: "(").first })
    for definition in Library.standard.schedules where definition.signature.keyword != "constant" {
      #expect(called.contains(Substring(definition.signature.keyword)))
    }
  }

  /// Protects the meaning of every schedule, its defaults, and the units of its counts, as a value
  /// and in the C. PyTorch multiplies on from the step before, which makes a rounding a step and
  /// more in recursions of cosines.
  @Test(arguments: reference?.rows ?? [])
  func rates(_ row: Row) throws {
    let reference = try #require(Self.reference)
    let text = Self.text(row)
    let schedule = try CompilerFixture.compile(text).model.training.schedule
    let network = try PluginHarness(CompilerFixture.plugin(text)).network
    let all = reference.epochs * reference.steps
    #expect(row.rates.count == all)
    for (index, expected) in row.rates.enumerated() {
      let factor = schedule.factor(at: index + 1, of: all, epochSteps: reference.steps)
      #expect(abs(factor - expected) <= 1e-13, "step \(index + 1)")
      let rates = network.scheduled(
        [1, 0.9], step: UInt64(index + 1), of: UInt64(all), epochSteps: UInt64(reference.steps))
      #expect(abs(rates[0] - expected) <= 1e-13, "step \(index + 1) in C")
      let momentum = schedule.momentum(at: index + 1, of: all, epochSteps: reference.steps)
      #expect((momentum == nil) == (row.momenta == nil))
      let expectedMomentum = row.momenta?[index] ?? 0.9
      #expect(abs((momentum ?? 0.9) - expectedMomentum) <= 1e-13, "step \(index + 1)")
      #expect(abs(rates[1] - expectedMomentum) <= 1e-13, "step \(index + 1) in C")
    }
  }

  /// Protects the fall of the rate on a plateau, whatever is judged: what the plugin says of it, and
  /// what the runner makes of that.
  @Test(arguments: reference?.plateaus ?? [])
  func plateaus(_ row: Row) throws {
    let description = try CompilerFixture.plugin(Self.text(row)).description
    let plateau = try #require(description.plateau)
    let monitor = try Monitor(plateau.metric, for: description)
    var progress = PlateauProgress()
    for (value, expected) in zip(try #require(row.values), row.rates) {
      progress.didEvaluate(value, monitor, plateau)
      #expect(abs(progress.factor - expected) <= 1e-13)
    }
  }

  /// Protects models that name a metric for a plateau: the runner knows each by its word, and has it
  /// of the targets for which the compiler takes it.
  @Test(
    arguments: [("[3]", "huber"), ("[3]", "binary_cross_entropy_with_logits"), ("[3]", "hinge")]
      + [2, 4, 5, 1000, 1001, 4096, 4097].map { ("class(\($0))", "softmax_cross_entropy") })
  func metricsOfPlateaus(_ target: String, _ loss: String) throws {
    let text = """
      model judged {
        input x: [1]
        target t: \(target)
        y = x | dense(\(target.filter(\.isNumber)))
        loss \(loss)(y, t)
      }
      """
    let model = try CompilerFixture.compile(text).model
    let description = try CompilerFixture.plugin(text).description
    for metric in Plateau.Metric.allCases {
      let isKnown = (try? Monitor(metric.rawValue, for: description)) != nil
      let fits = metric.fits(model.targets[0].kind, model.losses[0].function.base)
      #expect(fits == isKnown, "\(metric.rawValue)")
    }
  }
}
