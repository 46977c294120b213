import Diagnostics

/// One thing that an operator, a loss or a setting takes: what the checker, the messages and
/// `bnc explain` know about it.
package struct Parameter: Hashable, Sendable {
  /// The key.
  package let name: String
  /// What may stand there.
  package let accepts: Accepted
  /// What it is when nothing is said, in words; nil where something must be said.
  package let fallback: String?
  /// What it does, a clause.
  package let meaning: String

  package init(name: String, accepts: Accepted, fallback: String?, meaning: String) {
    self.name = name
    self.accepts = accepts
    self.fallback = fallback
    self.meaning = meaning
  }

  /// What may stand there.
  package indirect enum Accepted: Hashable, Sendable {
    /// A whole number of this range.
    case whole(ClosedRange<Int>)
    /// A whole number of this range, or one of these words.
    case wholeOr(ClosedRange<Int>, [String])
    /// Any finite number that is at least the first and at most the second.
    case real(atLeast: Double, atMost: Double)
    /// `true` or `false`.
    case flag
    /// One of these words.
    case choice([String])
    /// `[10, 4]`: so many of these.
    case list(of: Accepted, counts: ClosedRange<Int>)
    /// What one of these takes.
    case anyOf([Accepted])
    /// Anything: what a block's parameter takes is up to where the block uses it.
    case anything

    /// Whether `word` is one of those that it lists.
    package func names(_ word: String) -> Bool {
      switch self {
      case .wholeOr(_, let words), .choice(let words): words.contains(word)
      case .anyOf(let kinds): kinds.contains { $0.names(word) }
      case .whole, .real, .flag, .list, .anything: false
      }
    }

    /// In words: "a whole number from 1 to 255".
    package var description: String {
      switch self {
      case .whole(let range):
        return "a whole number from \(range.lowerBound) to \(range.upperBound)"
      case .wholeOr(let range, let words):
        return Accepted.whole(range).description + " or \(words.joined(separator: ", "))"
      case .real(let low, let high):
        if low == -.infinity, high == .infinity { return "a number" }
        if high == .infinity { return "a number of at least \(plain(low))" }
        return "a number from \(plain(low)) to \(plain(high))"
      case .flag: return "true or false"
      case .choice(let words):
        return words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
      case .list(let element, let counts):
        let count =
          counts.upperBound == .max
          ? "at least \(counts.lowerBound)"
          : counts.count == 1
            ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
        return "a list of \(count), each \(element.description)"
      case .anyOf(let kinds):
        return kinds.map { kind in
          guard case .list(let element, _) = kind, element == kinds.first else {
            return kind.description
          }
          return kind.description.replacing(", each \(element.description)", with: " of them")
        }.joined(separator: ", or ")
      case .anything: return "a name, a number, a word or a list"
      }
    }
  }
}

/// Why a constant cannot be what a parameter takes.
package enum Refusal: Hashable, Sendable {
  case wrongKind
  case outOfRange
  case unknownChoice([String])
  /// A float would be infinite.
  case noFloat
}

extension Parameter.Accepted {
  /// Why `constant` cannot stand here; nil where it can.
  package func refusal(of constant: Constant) -> Refusal? {
    switch (self, constant) {
    case (.anyOf(let kinds), _):
      // Of several reasons the one that says most: it is of the right kind, but not one of them.
      let refusals = kinds.map { $0.refusal(of: constant) }
      return refusals.contains(nil)
        ? nil : refusals.compactMap { $0 }.first { $0 != .wrongKind } ?? .wrongKind
    case (.list(let element, let counts), .list(let values)):
      if let refusal = values.lazy.compactMap({ element.refusal(of: $0) }).first { return refusal }
      return counts.contains(values.count) ? nil : .outOfRange
    default: return refusal(ofOne: constant)
    }
  }

  /// The same of what is no list.
  private func refusal(ofOne constant: Constant) -> Refusal? {
    switch (self, constant) {
    case (_, .unknown), (.anything, _), (.flag, .flag): nil
    case (.whole(let range), .number(let value)), (.wholeOr(let range, _), .number(let value)):
      if value != value.rounded() {
        .wrongKind
      } else {
        value < Double(range.lowerBound) || value > Double(range.upperBound) ? .outOfRange : nil
      }
    case (.real(let low, let high), .number(let value)):
      if !Float(value).isFinite {
        .noFloat
      } else {
        value >= low && value <= high ? nil : .outOfRange
      }
    case (.choice(let words), .word(let word)), (.wholeOr(_, let words), .word(let word)):
      words.contains(word) ? nil : .unknownChoice(words)
    case (.whole, _), (.wholeOr, _), (.real, _), (.flag, _), (.choice, _), (.list, _), (.anyOf, _):
      .wrongKind
    }
  }
}
