/// The words that cannot be names, because the grammar tells statements apart by them.
package enum Keyword: String, Hashable, Sendable, CaseIterable {
  case model, block, training, input, target, loss, const, frozen
  case include
  case repetition = "repeat"
  case named = "as"
  case yes = "true"
  case no = "false"

  /// Whether `word` is `true` or `false`.
  static func isFlag(_ word: String) -> Bool { word == yes.rawValue || word == no.rawValue }
}
