import IR

/// How things are written in C.
package enum CText {
  /// A number of type `real`: the shortest decimal that reads back as the same double.
  package static func real(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e6 ? "\(Int(value))" : "(real)\(double(value))"
  }

  /// A double, which arithmetic with a model's numbers may have made infinite.
  package static func double(_ value: Double) -> String {
    value.isInfinite ? (value < 0 ? "-INFINITY" : "INFINITY") : "\(value)"
  }

  /// A list between commas.
  package static func list(_ values: [Int]) -> String {
    values.map(String.init).joined(separator: ", ")
  }

  /// A shape as comments show it.
  package static func shape(_ dimensions: [Int]) -> String { "[" + list(dimensions) + "]" }

  /// What adds a whole number to what stands before it.
  package static func added(_ value: Int) -> String {
    value == 0 ? "" : value < 0 ? " - \(-value)" : " + \(value)"
  }

  /// The identifiers of C code, those of comments left out.
  package static func identifiers(of code: String) -> Set<Substring> {
    var found: Set<Substring> = []
    var start: String.Index?
    var isComment = false
    var last: UInt8 = 0
    for index in code.utf8.indices {
      let byte = code.utf8[index]
      if byte == UInt8(ascii: "\n") { isComment = false }
      if byte == UInt8(ascii: "/"), last == byte { isComment = true }
      last = byte
      if !isComment, isOfIdentifier(byte) {
        start = start ?? index
      } else if let first = start {
        found.insert(code[first..<index])
        start = nil
      }
    }
    if let start { found.insert(code[start...]) }
    return found
  }

  private static func isOfIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// How strongly the operators outside all brackets of an expression bind, as
  /// `ScalarExpression.Binary.strength` counts it: 6 where there are none.
  package static func strength(of expression: String) -> Int {
    var depth = 0
    var weakest = 6
    for word in expression.split(separator: " ") {
      if depth == 0 {
        switch word {
        case "?", "<", "<=", ">", ">=", "==", "!=", "&", "|", "^", "&&", "||": return 1
        case "+", "-": weakest = 3
        case "*", "/", "%": weakest = min(weakest, 4)
        default: break
        }
      }
      for character in word {
        if "([{".contains(character) { depth += 1 } else if ")]}".contains(character) { depth -= 1 }
      }
    }
    return expression.hasPrefix("-") ? min(weakest, 4) : weakest
  }

  /// A call, as a statement.
  package static func call(_ function: String, _ arguments: [String]) -> String {
    "\(function)(\(arguments.joined(separator: ", ")));"
  }
}

extension Partition {
  /// The sizes that occur, in words.
  package var sizeText: String { wide == 0 ? "\(width)" : "\(width + 1) or \(width)" }
}
