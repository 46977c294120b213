/// Text made fit for a terminal: nothing in it can move the cursor, change colours or reverse the
/// order of what is shown, and its width is known.
struct DisplayText: Hashable, Sendable {
  /// What is printed.
  private(set) var text = ""
  /// How many columns that takes.
  private(set) var width = 0

  /// `text` without what a terminal would obey. Tabs become four spaces.
  init(_ text: String) {
    for scalar in text.unicodeScalars { append(scalar) }
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    if scalar == "\t" {
      text += "    "
      width += 4
      return
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      text.unicodeScalars.append("\u{FFFD}")
      width += 1
    case .nonspacingMark, .enclosingMark:
      text.unicodeScalars.append(scalar)
    default:
      text.unicodeScalars.append(scalar)
      width += Self.isWide(scalar) ? 2 : 1
    }
  }

  /// Whether a terminal gives the character two columns: East Asian wide and full-width forms, and
  /// emoji.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      true
    default:
      scalar.properties.isEmojiPresentation
    }
  }
}
