import Diagnostics

/// `text` as SVG and HTML quote it, between tags and in attributes: none of it can become markup, and
/// controls, which XML has no words for, are written as `U+001B`.
func markup(_ text: String) -> String {
  var result = ""
  // By scalars: a mark that is joined to a bracket must not hide it.
  for scalar in text.escapingControls.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default:
      // Permanently none of a character.
      result.unicodeScalars.append(scalar.value & 0xFFFE == 0xFFFE ? "\u{FFFD}" : scalar)
    }
  }
  return result
}
