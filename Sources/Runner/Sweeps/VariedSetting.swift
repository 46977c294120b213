import Diagnostics
import Glibc

/// A setting that a sweep varies, and what it can be: `lr=0.01,0.1` or `lr=log(1e-4..1e-1)`.
package struct VariedSetting: Hashable, Sendable {
  /// What the setting can be.
  package enum Choices: Hashable, Sendable {
    /// One of these, as a model says them.
    case list([String])
    /// A number that is drawn.
    case range(Distribution, ClosedRange<Double>)
  }

  /// How a number of a range is drawn.
  package enum Distribution: String, Hashable, Sendable, CaseIterable {
    /// All numbers equally likely.
    case uniform
    /// All orders of magnitude equally likely.
    case log
    /// All whole numbers equally likely.
    case whole
  }

  /// The setting, as the model is asked for it.
  package let name: String
  package let choices: Choices
  /// What it can be, as it was written.
  package let text: String

  /// Reads `NAME=VALUE,VALUE` or `NAME=DISTRIBUTION(LOW..HIGH)`.
  ///
  /// - Throws: a failure that says what is wrong, and how it is written.
  package init(_ text: String) throws(Failure) {
    let help =
      "write it as lr=0.01,0.1 or, with --random, as lr=log(1e-4..1e-1), dropout=uniform(0..0.5) or "
      + "width=whole(8..64)"
    guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
      throw Failure("'\(text.prefix(60))' names no setting and its values", help: help)
    }
    name = text[..<sign].filter { $0 != " " }
    self.text = String(text[text.index(after: sign)...])
    let values = Self.split(self.text)
    guard !values.isEmpty, !values.contains("") else {
      throw Failure("'\(text.prefix(60))' has a value that is empty", help: help)
    }
    if let range = try Self.range(values, of: name) {
      choices = range
      return
    }
    if let twice = values.first(where: { value in values.count(where: { $0 == value }) > 1 }) {
      throw Failure("\(name.prefix(40)) has the value '\(twice.prefix(40))' twice", help: help)
    }
    choices = .list(values)
  }

  /// The values between commas, those in brackets left together.
  private static func split(_ text: String) -> [String] {
    var (values, depth) = ([""], 0)
    for character in text {
      if character == "(" || character == "[" { depth += 1 }
      if character == ")" || character == "]" { depth -= 1 }
      if character == ",", depth == 0 {
        values.append("")
      } else if character != " " || !values[values.count - 1].isEmpty {
        values[values.count - 1].append(character)
      }
    }
    return values.map(\.withoutTrailingSpaces)
  }

  /// The range that the only value is; nil where there are several, or it is none.
  private static func range(_ values: [String], of name: String) throws(Failure) -> Choices? {
    let ranges = values.filter { $0.contains("..") && $0.hasSuffix(")") }
    guard let value = ranges.first, let opening = value.firstIndex(of: "(") else { return nil }
    let word = String(value[..<opening])
    guard let distribution = Distribution(rawValue: word), values.count == 1 else {
      throw Failure(
        values.count == 1
          ? "'\(word.prefix(40))' is no way to draw \(name.prefix(40)) from a range"
          : "a range of \(name.prefix(40)) stands alone, without other values",
        help: "write \(name.prefix(40))=log(LOW..HIGH), uniform(LOW..HIGH) or whole(LOW..HIGH)")
    }
    let inner = value[value.index(after: opening)...].dropLast()
    let ends = inner.split(separator: "..", omittingEmptySubsequences: false)
      .map { CSV.number($0.filter { $0 != " " }) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low.isFinite, high.isFinite,
      low < high, (high - low).isFinite
    else {
      throw Failure(
        "'\(value.prefix(60))' is no range of \(name.prefix(40))",
        help: "write it from a smaller number to a larger one: \(word)(0.1..1)")
    }
    if distribution == .log, low <= 0 {
      throw Failure(
        "'\(value.prefix(60))' begins at \(shortest(low, digits: 6)), which has no logarithm",
        help: "begin above 0, or draw it with uniform(...)")
    }
    if distribution == .whole {
      guard low == low.rounded(), high == high.rounded(), abs(low) < 1e15, abs(high) < 1e15 else {
        throw Failure("'\(value.prefix(60))' is from or to a number that is not whole")
      }
    }
    return .range(distribution, low...high)
  }

  /// A value, drawn: a number of a range in four digits, which are the number that is trained with.
  ///
  /// - Parameter isWhole: Whether the setting takes whole numbers only.
  func draw(_ generator: inout RandomGenerator, isWhole: Bool) -> String {
    switch choices {
    case .list(let values): return values[Int(generator.below(UInt64(values.count)))]
    case .range(let distribution, let range):
      let (low, high) = (range.lowerBound, range.upperBound)
      switch distribution {
      case .whole:
        let number = low + Double(generator.below(UInt64(high - low) + 1))
        return plain(number)
      case .uniform:
        return Self.written(generator.uniform(low, high), in: range, isWhole: isWhole)
      case .log:
        let number = exp(generator.uniform(Glibc.log(low), Glibc.log(high)))
        return Self.written(number, in: range, isWhole: isWhole)
      }
    }
  }

  /// `number` as a model says it, not outside of `range` for having been rounded.
  private static func written(
    _ number: Double, in range: ClosedRange<Double>, isWhole: Bool
  ) -> String {
    if isWhole { return plain(min(max(number.rounded(), range.lowerBound), range.upperBound)) }
    let text = shortest(number, digits: 4)
    guard let rounded = Double(text), range.contains(rounded) else {
      return plain(min(max(number, range.lowerBound), range.upperBound))
    }
    return text
  }
}
