import IR

/// One thing that a training block can say, by the word that starts its entry: what did-you-mean,
/// `bnc explain` and whoever changes settings know about it.
package struct TrainingSetting: Sendable {
  /// What follows the word.
  package enum Form: Sendable {
    /// A number, or a constant that is one.
    case number(Parameter)
    /// A word with arguments, one of these.
    case call(@Sendable (Library) -> [Signature])
  }

  /// The word.
  package let name: String
  /// The entry as it is written.
  let usage: String
  /// What it sets, a clause.
  let summary: String
  /// What follows the word.
  package let form: Form
  /// Whether the block can say it several times, of different things.
  package var isRepeated = false
  /// What is called where no entry of the block says it; nil where nothing is.
  package var fallback: @Sendable (Library) -> String? = { _ in nil }

  /// An entry that takes a number.
  init(_ key: Key<Int>) {
    name = key.name
    usage = "\(key.name) NUMBER"
    summary = key.parameter.meaning
    form = .number(key.parameter)
  }

  /// An entry that takes a word of `table`.
  init<Made>(
    _ name: String, _ summary: String, patterns: String? = nil, isRepeated: Bool = false,
    of table: @escaping @Sendable (Library) -> [Definition<Made>],
    fallback: @escaping @Sendable (Library) -> String? = { _ in nil }
  ) {
    self.name = name
    usage = "\(name) NAME" + (patterns.map { ", or \(name) NAME on \($0)" } ?? "")
    self.summary = summary
    form = .call { table($0).map(\.signature) }
    self.isRepeated = isRepeated
    self.fallback = fallback
  }
}
