/// How a number is written in a model.
package enum NumberSyntax {
  /// What is wrong with `text` as a number; nil where nothing is.
  package static func problem(in text: String) -> String? {
    if !isWellFormed(text) { return "is not a number" }
    guard let value = Double(text), value.isFinite else { return "is too large for a number" }
    return nil
  }

  /// The number that `text` means; nil where it means none.
  package static func value(of text: String) -> Double? {
    problem(in: text) == nil ? Double(text) : nil
  }

  /// `digits [ "." digits ] [ ( "e" | "E" ) [ "+" | "-" ] digits ]`
  private static func isWellFormed(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func digits() -> Bool {
      let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
      rest = rest.dropFirst(count)
      return count > 0
    }
    func take(_ characters: Character...) -> Bool {
      guard let first = rest.first, characters.contains(where: { $0.asciiValue == first }) else {
        return false
      }
      rest = rest.dropFirst()
      return true
    }
    guard digits() else { return false }
    if take("."), !digits() { return false }
    if take("e", "E") {
      _ = take("+", "-")
      if !digits() { return false }
    }
    return rest.isEmpty
  }
}
