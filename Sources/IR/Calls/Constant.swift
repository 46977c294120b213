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
    case .list(let values): values.map(\.inList).listed
    case .unknown: "unknown"
    }
  }

  /// As a model writes it within a list.
  private var inList: String {
    if case .word(let word) = self { word.abbreviated } else { description }
  }

  /// The numbers of a list; of a number the one that it is; nil of anything else.
  package var numbers: [Double]? {
    switch self {
    case .number(let value): return [value]
    case .list(let values):
      let numbers = values.compactMap { if case .number(let value) = $0 { value } else { nil } }
      return numbers.count == values.count ? numbers : nil
    case .flag, .word, .unknown: return nil
    }
  }

  /// The same where all of them are whole.
  package var wholes: [Int]? {
    guard let numbers else { return nil }
    let wholes = numbers.compactMap { Int(exactly: $0) }
    return wholes.count == numbers.count ? wholes : nil
  }
}

extension [String] {
  /// `[1, 2, 3]`; of a very long list a message shows the beginning and how many there are.
  package var listed: String {
    let shown = 12
    let end = count > shown ? ", ... \(count) in all]" : "]"
    return "[" + prefix(shown).joined(separator: ", ") + end
  }
}

extension String {
  /// The text as a message quotes it: a very long one is cut.
  package var abbreviated: String { count <= 40 ? self : prefix(37) + "..." }
}
