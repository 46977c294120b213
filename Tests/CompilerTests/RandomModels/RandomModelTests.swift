import Foundation
import IR
import Operators
import Testing

/// Whole models made up at random, each of whose plans is held against the naive network.
///
/// BNC_RANDOM_MODELS says how many, BNC_RANDOM_SEED which is the first. Four plans of a model, each
/// compiled by clang, take some 1 to 2 s of one core.
@Suite struct RandomModelTests {
  static let environment = ProcessInfo.processInfo.environment
  static let seeds: Range<UInt64> = {
    let count = environment["BNC_RANDOM_MODELS"].flatMap { UInt64($0) } ?? 300
    let first = environment["BNC_RANDOM_SEED"].flatMap { UInt64($0) } ?? 1
    return first..<first + count
  }()

  /// Protects all that passes and kernels have to do with each other. A model that fails is printed,
  /// and the smallest one that fails too.
  @Test(arguments: seeds)
  func everyPlanIsTheNaiveNetwork(_ seed: UInt64) throws {
    let shapes = RandomShapes()
    let model = RandomModelGenerator.model(of: seed, shapes)
    let text = try RandomModelText.text(of: model, shapes)
    let mistakes = ModelComparison(text: text, seed: seed).mistakes()
    guard !mistakes.isEmpty else { return }
    // A step that makes another mistake leads elsewhere.
    let kinds = Set(mistakes.map(Self.kind))
    let smallest = RandomModelShrinker(shapes: shapes) { candidate in
      guard let text = try? RandomModelText.text(of: candidate, shapes) else { return false }
      let mistakes = ModelComparison(text: text, seed: seed).mistakes()
      return !kinds.isDisjoint(with: mistakes.map(Self.kind))
    }.smallest(model)
    let small = try RandomModelText.text(of: smallest, shapes)
    let rest = ModelComparison(text: small, seed: seed).mistakes()
    Issue.record(
      """
      seed \(seed): \(mistakes.joined(separator: "\n"))
      \(text)
      The smallest model that fails: \(rest.joined(separator: "\n"))
      \(small)
      """)
  }

  /// Writes the models into the folder that BNC_RANDOM_TEXTS names: `.ci/sanitizers` examines their C.
  @Test(.enabled(if: environment["BNC_RANDOM_TEXTS"] != nil, "is for .ci/sanitizers"))
  func texts() throws {
    let folder = URL(filePath: try #require(Self.environment["BNC_RANDOM_TEXTS"]))
    let shapes = RandomShapes()
    for seed in Self.seeds {
      let text = try RandomModelText.text(of: RandomModelGenerator.model(of: seed, shapes), shapes)
      try Data(text.utf8).write(to: folder.appending(path: "random\(seed).bn"))
    }
  }

  /// Which comparison found a mistake.
  private static func kind(_ mistake: String) -> Substring {
    mistake.prefix { $0 != ":" }
  }
}
