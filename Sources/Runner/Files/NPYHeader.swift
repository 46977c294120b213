import Diagnostics

/// What the text at the start of an NPY file says: a Python dictionary with three keys.
struct NPYHeader: Equatable {
  var type: NumberType
  var shape: [Int]
  /// Whether the first axis moves fastest, as in Fortran, and not the last one, as in C.
  var isFortranOrder: Bool

  /// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
  ///
  /// - Throws: a failure without a path, for the reader to add.
  init(parsing text: String) throws {
    let descr = try Self.value(of: "descr", in: text)
    guard descr.count > 2, let quote = descr.first, quote == "'" || quote == "\"" else {
      throw Failure("holds records, not numbers of one type")
    }
    let code = String(descr.dropFirst().prefix { $0 != quote })
    guard let type = Self.types[code] else {
      throw Failure(
        "holds numbers of type '\(code)'",
        help:
          "store little-endian float16, float32 or float64, or uint8, int8, int16, int32 or int64: "
          + "x.astype('<f4')")
    }
    let order = try Self.value(of: "fortran_order", in: text)
    isFortranOrder = order.hasPrefix("True")
    guard isFortranOrder || order.hasPrefix("False") else {
      throw Failure("has no readable 'fortran_order'")
    }
    self.type = type
    shape = try Self.shape(of: try Self.value(of: "shape", in: text))
  }

  private static let types: [String: NumberType] = [
    "|u1": .uint8, "|b1": .uint8, "|i1": .int8, "<i2": .int16, "<i4": .int32, "<i8": .int64,
    "<f2": .float16, "<f4": .float32, "<f8": .float64,
  ]

  /// How NPY names a type.
  static func code(of type: NumberType) -> String {
    switch type {
    case .uint8: "|u1"
    case .int8: "|i1"
    case .int16: "<i2"
    case .int32: "<i4"
    case .int64: "<i8"
    case .float16: "<f2"
    case .bfloat16, .float32: "<f4"  // NPY has no bfloat16: the writer widens it
    case .float64: "<f8"
    }
  }

  /// The text that follows `'key':`.
  private static func value(of key: String, in text: String) throws -> Substring {
    for quote in ["'", "\""] {
      let pattern = Array("\(quote)\(key)\(quote)")
      let characters = Array(text)
      guard characters.count > pattern.count else { continue }
      for start in 0...(characters.count - pattern.count)
      where characters[start..<start + pattern.count].elementsEqual(pattern) {
        let rest = text.dropFirst(start + pattern.count).drop { $0 == " " }
        guard rest.first == ":" else { continue }
        return rest.dropFirst().drop { $0 == " " }
      }
    }
    throw Failure("has no '\(key)' in its header")
  }

  /// The lengths in `(3, 4)`, `(3,)` or `()`.
  private static func shape(of text: Substring) throws -> [Int] {
    guard text.first == "(", let end = text.firstIndex(of: ")") else {
      throw Failure("has no readable 'shape'")
    }
    var shape: [Int] = []
    for part in text[text.index(after: text.startIndex)..<end].split(separator: ",") {
      let digits = part.filter { $0 != " " }
      if digits.isEmpty { continue }
      guard let length = Int(digits), length >= 0 else { throw Failure("has no readable 'shape'") }
      shape.append(length)
    }
    return shape
  }
}
