import IR

/// What names of a file become in the language.
package enum ImportNames {
  /// Words that a model cannot use as names, and those that would be misread.
  private static let reserved: Set = [
    "model", "block", "training", "input", "target", "loss", "const", "include", "repeat",
    "frozen", "as", "true", "false", "in", "out", "in_channels", "infer", "channels",
  ]

  /// `text` as a name: what no name can have becomes `_`, and before a digit comes one. The same
  /// text becomes the same name each time.
  package static func identifier(_ text: String) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      let isPart = scalar == "_" || scalar.isASCII && (isLetter(scalar) || isDigit(scalar))
      name.unicodeScalars.append(isPart ? scalar : "_")
    }
    if name.unicodeScalars.first.map(isDigit) ?? true { name = "_" + name }
    if name.utf8.count > Limits.nameLength { name = String(name.suffix(Limits.nameLength - 1)) }
    if name.unicodeScalars.first.map(isDigit) ?? false { name = "_" + name.dropFirst() }
    return reserved.contains(name) ? name + "_" : name
  }

  /// The name of the layer that a tensor belongs to: `layer1_0_conv1` of `layer1.0.conv1.weight`,
  /// `conv2d_1` of `model/conv2d_1/Conv2D/ReadVariableOp:0`; nil where its name says nothing of
  /// one.
  static func module(_ tensor: String) -> String? {
    if tensor.contains("::") { return nil }
    if tensor.contains("/") {
      // What TensorFlow calls the operator of a layer, and the reading of its numbers.
      let parts = tensor.split(separator: ":")[0].split(separator: "/").map(String.init)
      let layers = parts.dropLast(
        parts.last?.hasPrefix("ReadVariableOp") == true ? 2 : 1)
      return layers.last.map(identifier)
    }
    guard let dot = tensor.lastIndex(of: "."), dot != tensor.startIndex else { return nil }
    let module = String(tensor[..<dot])
    return module.utf8.count > Limits.nameLength ? nil : identifier(module)
  }

  /// Whether a layer of `keyword`, or of another of these words, may get the name by itself:
  /// `conv12`.
  static func isOrdinal(_ name: String, _ keywords: Set<String>) -> Bool {
    let stem = name.unicodeScalars.reversed().drop(while: isDigit).reversed()
    let text = String(String.UnicodeScalarView(stem))
    return text != name && keywords.contains(text)
  }

  /// Whether `name` is `stem` with a number, or begins so: `unit1_conv1` of `unit`.
  static func isCounted(_ name: String, _ stem: String) -> Bool {
    name.hasPrefix(stem)
      && (name.unicodeScalars.dropFirst(stem.unicodeScalars.count).first.map(isDigit) ?? false)
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}

/// Names that are taken.
struct TakenNames {
  private var names: Set<String>

  init(_ names: some Sequence<String>) { self.names = Set(names) }

  /// `name`, or what is like it and not taken yet.
  mutating func take(_ name: String) -> String {
    var (free, number) = (name, 1)
    while names.contains(free) {
      number += 1
      let end = "_\(number)"
      free = String(name.prefix(Limits.nameLength - end.utf8.count)) + end
    }
    names.insert(free)
    return free
  }

  func contains(_ name: String) -> Bool { names.contains(name) }
}
