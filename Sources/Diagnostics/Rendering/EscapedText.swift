extension String {
  /// The text with what a terminal would obey (all but line breaks and tabs) written as `U+001B`:
  /// for messages that quote a file.
  package var escapingControls: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator:
        guard scalar != "\n", scalar != "\t" else { fallthrough }
        let number = String(scalar.value, radix: 16, uppercase: true)
        text += "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
