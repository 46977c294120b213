import Diagnostics

/// The part of JSON that safetensors headers use: objects, strings, lists of natural numbers.
struct JSONScanner {
  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  /// Reads an object; `member` reads the value of each key.
  mutating func object(_ member: (inout JSONScanner, String) throws -> Void) throws {
    try expect("{")
    if accept("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while accept(",")
    try expect("}")
  }

  /// Reads `[1, 2, 3]`.
  mutating func integers() throws -> [Int] {
    try expect("[")
    if accept("]") { return [] }
    var numbers: [Int] = []
    repeat { numbers.append(try integer()) } while accept(",")
    try expect("]")
    return numbers
  }

  /// Reads a string, its escapes resolved.
  mutating func string() throws -> String {
    try expect("\"")
    var bytes: [UInt8] = []
    while position < text.count {
      let byte = text[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: bytes, as: UTF8.self) else { throw damaged }
        return string
      case UInt8(ascii: "\\"): bytes += Array(try escape().utf8)
      case 0..<0x20: throw damaged
      default: bytes.append(byte)
      }
    }
    throw damaged
  }

  /// Fails unless only spaces, which writers use to align the data, are left.
  mutating func end() throws {
    skipSpaces()
    if position < text.count { throw damaged }
  }

  private mutating func integer() throws -> Int {
    skipSpaces()
    var number = 0
    let start = position
    while position < text.count, case let digit = text[position], (48...57).contains(digit) {
      let (tens, first) = number.multipliedReportingOverflow(by: 10)
      let (sum, second) = tens.addingReportingOverflow(Int(digit) - 48)
      if first || second { throw damaged }
      number = sum
      position += 1
    }
    if position == start { throw damaged }
    return number
  }

  private mutating func escape() throws -> String {
    guard position < text.count else { throw damaged }
    let code = text[position]
    position += 1
    switch code {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return String(UnicodeScalar(code))
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw damaged
    }
  }

  private mutating func unicodeEscape() throws -> String {
    let first = try hexadecimal()
    var units = [first]
    if UTF16.isLeadSurrogate(first) {
      guard position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
        text[position + 1] == UInt8(ascii: "u")
      else { throw damaged }
      position += 2
      units.append(try hexadecimal())
    }
    guard let string = String(validating: units, as: UTF16.self) else { throw damaged }
    return string
  }

  private mutating func hexadecimal() throws -> UInt16 {
    guard position + 4 <= text.count else { throw damaged }
    let digits = String(decoding: text[position..<position + 4], as: UTF8.self)
    position += 4
    guard let unit = UInt16(digits, radix: 16) else { throw damaged }
    return unit
  }

  private mutating func accept(_ character: UnicodeScalar) -> Bool {
    skipSpaces()
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: UnicodeScalar) throws {
    if !accept(character) { throw damaged }
  }

  private mutating func skipSpaces() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  private var damaged: Failure { Failure("has a damaged header (at byte \(position) of its JSON)") }
}
