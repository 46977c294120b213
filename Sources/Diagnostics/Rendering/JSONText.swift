import FoundationEssentials

/// A value as JSON: keys sorted, so that equal values are equal text, slashes as they are.
package enum JSONText {
  /// `value` on one line, or indented.
  ///
  /// - Throws: `EncodingError` for what JSON has no words for: numbers that are not finite.
  package static func of(_ value: some Encodable, isIndented: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
