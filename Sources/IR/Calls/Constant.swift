import Diagnostics

/// What an argument amounts to once its words are looked up and its numbers worked out.
package enum Constant: Hashable, Sendable {
  case number(Double)
  case flag(Bool)
  case word(String)
  /// Constants that are no lists.
  case list([Constant])
  /// It could not be worked out, which has been reported, or the block has no use that says it.
  case unknown

  /// How a message shows it.
  package var description: String {
    switch self {
    case .number(let value): plain(value)
    case .flag(let value): value ? "true" : "false"
    case .word(let word): "'\(word.abbreviated)'"
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .unknown: "unknown"
    }
  }
}

extension String {
  /// The text as a message quotes it: a very long one is cut.
  package var abbreviated: String { count <= 40 ? self : prefix(37) + "..." }
}
