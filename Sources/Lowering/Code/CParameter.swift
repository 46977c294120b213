/// A parameter of a function, as its definition declares it.
package struct CParameter: Hashable, Sendable {
  /// `const vec *x`, `real (*partial)[2]`.
  package let declaration: String
  /// `x`, `partial`.
  package let name: String

  private init(_ declaration: Substring) {
    let words = declaration.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    self.declaration = words
    // What is declared stands last, but for the sizes of an array.
    let declared = words.prefix { $0 != "[" && $0 != ")" }
    name = String(declared.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.last ?? "")
  }

  /// The parameters of `function`, which returns nothing and which `text` defines; nil where it does
  /// not.
  package static func all(of function: String, in text: String) -> [CParameter]? {
    guard let start = text.firstRange(of: " void \(function)(")?.upperBound else { return nil }
    var parameters: [CParameter] = []
    var (depth, first) = (0, start)
    for index in text[start...].indices {
      switch text[index] {
      case "(", "[": depth += 1
      case ")" where depth == 0: return parameters + [CParameter(text[first..<index])]
      case ")", "]": depth -= 1
      case "," where depth == 0:
        parameters.append(CParameter(text[first..<index]))
        first = text.index(after: index)
      default: break
      }
    }
    return nil
  }
}
