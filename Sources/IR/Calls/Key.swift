import Diagnostics

/// A parameter together with the Swift type that it is read as, so that an operator's file gets an
/// `Int` for what it declared as a whole number.
package struct Key<Value: Sendable>: Sendable {
  /// What the checker and the messages know about it.
  package let parameter: Parameter
  /// What it is when nothing is said.
  package let fallback: Value?
  /// The value that a constant means; nil where `parameter` does not accept it.
  package let read: @Sendable (Constant) -> Value?

  /// The key's word.
  package var name: String { parameter.name }

  /// A key that takes what `parameter` accepts and `read` understands.
  package init(
    parameter: Parameter, fallback: Value?, read: @escaping @Sendable (Constant) -> Value?
  ) {
    self.parameter = parameter
    self.fallback = fallback
    self.read = read
  }
}

extension Key<Int> {
  /// A whole number; without a `fallback` it must be given.
  package static func whole(
    _ name: String, in range: ClosedRange<Int>, default fallback: Int? = nil,
    says: String? = nil, _ meaning: String
  ) -> Key {
    Key(
      parameter: Parameter(
        name: name, accepts: .whole(range), fallback: says ?? fallback.map { "\($0)" },
        meaning: meaning),
      fallback: fallback
    ) {
      guard case .number(let value) = $0 else { return nil }
      return Int(exactly: value)
    }
  }
}

extension Key<Double> {
  /// A number; without a `fallback` or words for one it must be given.
  package static func real(
    _ name: String, atLeast low: Double = -.infinity, atMost high: Double = .infinity,
    default fallback: Double? = nil, says: String? = nil, _ meaning: String
  ) -> Key {
    Key(
      parameter: Parameter(
        name: name, accepts: .real(atLeast: low, atMost: high),
        fallback: says ?? fallback.map(plain), meaning: meaning),
      fallback: fallback
    ) {
      guard case .number(let value) = $0 else { return nil }
      return value
    }
  }

  /// A number above 0, and not so near to it that a float would be 0.
  package static func positive(
    _ name: String, default fallback: Double? = nil, _ meaning: String
  ) -> Key {
    real(name, atLeast: 1e-30, default: fallback, meaning)
  }
}

extension Key<[Int]> {
  /// A list of so many whole numbers of this range.
  package static func wholes(
    _ name: String, in range: ClosedRange<Int>, counts: ClosedRange<Int>, says: String? = nil,
    _ meaning: String
  ) -> Key {
    Key(
      parameter: Parameter(
        name: name, accepts: .list(of: .whole(range), counts: counts), fallback: says,
        meaning: meaning),
      fallback: nil, read: \.wholes)
  }
}

extension Key<[Double]> {
  /// A list of so many numbers, each at least `low`.
  package static func reals(
    _ name: String, atLeast low: Double = -.infinity,
    counts: ClosedRange<Int> = 1...Limits.dimension.upperBound,
    default fallback: [Double]? = nil, says: String? = nil, _ meaning: String
  ) -> Key {
    Key(
      parameter: Parameter(
        name: name,
        accepts: .list(of: .real(atLeast: low, atMost: .infinity), counts: counts),
        fallback: says ?? fallback.map { "[\($0.map(plain).joined(separator: ", "))]" },
        meaning: meaning),
      fallback: fallback, read: \.numbers)
  }
}

extension Key<Bool> {
  /// `true` or `false`.
  package static func flag(
    _ name: String, default fallback: Bool? = nil, says: String? = nil, _ meaning: String
  ) -> Key {
    Key(
      parameter: Parameter(
        name: name, accepts: .flag, fallback: says ?? fallback.map { "\($0)" }, meaning: meaning),
      fallback: fallback
    ) {
      guard case .flag(let value) = $0 else { return nil }
      return value
    }
  }
}

extension Key
where Value: RawRepresentable & CaseIterable, Value.RawValue == String, Value.AllCases: Sendable {
  /// One of the words that are the cases of `Value`.
  package static func choice(
    _ name: String, default fallback: Value? = nil, says: String? = nil, _ meaning: String
  ) -> Key {
    Key(
      parameter: Parameter(
        name: name, accepts: .choice(Value.allCases.map(\.rawValue)),
        fallback: says ?? fallback?.rawValue, meaning: meaning),
      fallback: fallback
    ) {
      guard case .word(let word) = $0 else { return nil }
      return Value(rawValue: word)
    }
  }
}
