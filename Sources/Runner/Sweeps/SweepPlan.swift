import Diagnostics

/// A value of a setting, as a model says it.
package struct SettingText: Hashable, Sendable, Codable {
  package var name: String
  package var value: String

  package init(name: String, value: String) { (self.name, self.value) = (name, value) }
}

/// One choice of all settings that a sweep varies.
package struct SweepTrial: Hashable, Sendable {
  /// Counted from 1.
  package let number: Int
  /// In the order in which they were asked for.
  package let settings: [SettingText]

  /// `lr=0.1, batch=32`
  package var words: String { settings.map { "\($0.name)=\($0.value)" }.joined(separator: ", ") }
}

/// Which settings a sweep tries.
package enum SweepPlan {
  /// More than anybody waits for, and fewer than would fill a memory.
  private static let most = 10_000

  /// Every choice of the lists: of the last setting each value, then the next value of the one
  /// before it.
  ///
  /// - Throws: a failure where a setting has no list, or where there are too many choices.
  package static func grid(_ varied: [VariedSetting]) throws(Failure) -> [SweepTrial] {
    var choices: [[SettingText]] = [[]]
    for setting in varied {
      guard case .list(let values) = setting.choices else {
        throw Failure(
          "\(setting.name) is drawn from a range, and a grid has no end of its values",
          help: "say how often to draw with --random, or list the values: \(setting.name)=0.1,0.2")
      }
      guard choices.count * values.count <= most else {
        throw Failure(
          "the grid has more than \(grouped(most)) choices", help: "draw some of them with --random"
        )
      }
      choices = choices.flatMap { choice in
        values.map { choice + [SettingText(name: setting.name, value: $0)] }
      }
    }
    return numbered(choices)
  }

  /// `count` choices that are drawn by `seed`, no two the same; fewer where there are no more. Those of
  /// a smaller `count` are the first ones.
  ///
  /// - Parameter isWhole: Whether a setting takes whole numbers only.
  package static func random(
    _ varied: [VariedSetting], count: Int, seed: UInt64, isWhole: (VariedSetting) -> Bool
  ) throws(Failure) -> [SweepTrial] {
    guard (1...most).contains(count) else {
      throw Failure("there can be 1 to \(grouped(most)) random choices, not \(count)")
    }
    var choices: [[SettingText]] = []
    var seen: Set<[SettingText]> = []
    var stream: UInt64 = 0
    // Where hardly anything is left that was not drawn yet, the search for it ends.
    let mostMisses = 1000
    var misses = 0
    while choices.count < count, misses < mostMisses {
      var generator = RandomGenerator(seed: seed, purpose: .sweep, index: stream)
      stream += 1
      let choice = varied.map {
        SettingText(name: $0.name, value: $0.draw(&generator, isWhole: isWhole($0)))
      }
      misses += 1
      if seen.insert(choice).inserted {
        choices.append(choice)
        misses = 0
      }
    }
    return numbered(choices)
  }

  private static func numbered(_ choices: [[SettingText]]) -> [SweepTrial] {
    choices.enumerated().map { SweepTrial(number: $0 + 1, settings: $1) }
  }
}
