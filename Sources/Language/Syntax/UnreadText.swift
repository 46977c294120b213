/// Text of a model that could not be read and was passed over. A name that nothing else gives may
/// have been given there, and is then no mistake of its own.
package struct UnreadText: Hashable, Sendable {
  /// The words in it.
  private var words: Set<String> = []
  /// Whether it gives a name that cannot be read, which may be any.
  private var hidesName = false

  /// Whether `name` may have been given in it.
  package func mayGive(_ name: String) -> Bool { hidesName || words.contains(name) }

  /// Adds text of which nothing is known: it may give any name.
  mutating func hideName() { hidesName = true }

  /// Adds what was passed over in another file.
  mutating func formUnion(_ other: UnreadText) {
    words.formUnion(other.words)
    hidesName = hidesName || other.hidesName
  }

  /// Adds what was passed over at one place.
  mutating func add(_ tokens: some Sequence<Token>) {
    var previous: Token?
    for token in tokens {
      switch token.kind {
      case .name: words.insert(token.text)
      case .equals, .colon:
        let isNamed = previous.map { $0.kind == .name && Keyword(rawValue: $0.text) == nil }
        if isNamed != true { hidesName = true }
      default: break
      }
      previous = token
    }
  }
}
