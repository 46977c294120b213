/// Breaks lines of C that are longer than a page is wide: templates need not know how long a user's
/// names are.
struct LineBreaks {
  /// The columns of a page.
  static let width = 100

  /// `text` with no line wider than a page, where there is a place to break it.
  static func applied(to text: String) -> String {
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Substring($0) }
    var result: [String] = []
    var index = 0
    while index < lines.count {
      let line = lines[index]
      if let prefix = paragraphPrefix(of: line) {
        let rest = lines[index...].prefix { paragraphPrefix(of: $0) == prefix }
        result += paragraph(rest, prefix: prefix)
        index += rest.count
        continue
      }
      index += 1
      // Sections of a template that are empty leave the blank lines around them.
      if line.isEmpty, result.last == "" { continue }
      if line.utf8.count <= width || line.hasPrefix("#") {
        result.append(String(line))
      } else {
        result += broken(line)
      }
    }
    return result.joined(separator: "\n")
  }

  /// `// ` with what is before it, if the line is one of a comment in sentences; nil of code, and
  /// of comments that are indented, which keep their lines.
  private static func paragraphPrefix(of line: Substring) -> String? {
    let space = UInt8(ascii: " ")
    let indent = line.utf8.prefix { $0 == space }.count
    let rest = line.utf8.dropFirst(indent)
    guard rest.starts(with: "// ".utf8), let first = rest.dropFirst(3).first, first != space else {
      return nil
    }
    return String(repeating: " ", count: indent) + "// "
  }

  /// The lines of a comment, filled anew from the first that is too long.
  private static func paragraph(_ lines: ArraySlice<Substring>, prefix: String) -> [String] {
    guard let long = lines.firstIndex(where: { $0.utf8.count > width }) else {
      return lines.map(String.init)
    }
    let words = lines[long...].flatMap { $0.dropFirst(prefix.count).split(separator: " ") }
    return lines[..<long].map(String.init) + filled(words, prefix: prefix, rest: prefix)
  }

  private static func filled(
    _ words: [Substring], prefix: String, rest: String
  ) -> [String] {
    var result: [String] = []
    var line = prefix
    var isEmpty = true
    for word in words {
      if !isEmpty, line.utf8.count + 1 + word.utf8.count > width {
        result.append(line)
        (line, isEmpty) = (rest, true)
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return result + [line]
  }

  /// A line of code, or of an indented comment, as several.
  ///
  /// - Parameter continuation: How far lines after the first are indented; nil of a first one.
  private static func broken(_ line: Substring, continuation: Int? = nil) -> [String] {
    let indent = String(line.prefix { $0 == " " })
    let rest = line.dropFirst(indent.count)
    if rest.hasPrefix("//") {
      let start = indent + "//" + rest.dropFirst(2).prefix { $0 == " " }
      return filled(words(ofFormula: rest.dropFirst(2)), prefix: start, rest: start + "  ")
    }
    if let comment = rest.firstRange(of: "  // ") {
      return broken((indent + rest[comment.lowerBound...].dropFirst(2))[...])
        + broken((indent + rest[..<comment.lowerBound])[...])
    }
    guard line.utf8.count > width,
      let (place, isStatement) = bestBreak(Array(line), indent.count)
        ?? lastSpace(of: Array(line), indent.count)
    else {
      return [String(line)]
    }
    let end = line.index(line.startIndex, offsetBy: place)
    var head = line[..<end]
    while head.last == " " { head.removeLast() }
    // Texts in a list are equals.
    let next =
      isStatement
      ? indent.count + 2 : continuation ?? indent.count + (rest.hasPrefix("\"") ? 0 : 4)
    let tail = String(repeating: " ", count: next) + line[end...]
    return [String(head)] + broken(tail[...], continuation: isStatement ? nil : next)
  }

  /// The words of a formula; what is in brackets stays together, if it fits a line.
  private static func words(ofFormula text: Substring) -> [Substring] {
    var depth = 0
    return text.split { character in
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) { depth -= 1 }
      return character == " " && depth <= 0
    }.flatMap { $0.utf8.count > width * 3 / 4 ? $0.split(separator: " ") : [$0] }
  }

  /// The offset of the character that a new line begins with, and whether that is a loop's or a
  /// condition's statement: the outermost place that leaves a line no wider than a page, a comma
  /// before an operator, and of those the last; where there is none, behind a parenthesis.
  private static func bestBreak(_ line: [Character], _ indent: Int) -> (Int, Bool)? {
    var best: (place: Int, rank: Int, isStatement: Bool)?
    var depth = 0
    var quoted = false
    for index in indent..<min(line.count - 1, width) {
      let (character, next) = (line[index], line[index + 1])
      if character == "\"" { quoted.toggle() }
      guard !quoted else { continue }
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) { depth -= 1 }
      let isStatement = character == ")" && next == " " && depth == 0 && endsHead(line, indent)
      let isOperator =
        character == " " && "+-*/?:|&".contains(next)
        && index + 2 < line.count && (line[index + 2] == " " || line[index + 2] == next)
      let isComma = character == "," && next == " "
      guard index + 1 > indent + 8, isStatement || isOperator || isComma || character == "("
      else { continue }
      let place = isOperator || character == "(" ? index + 1 : index + 2
      let rank = character == "(" ? 1000 + depth : 2 * depth + (isOperator ? 1 : 0)
      if rank <= best?.rank ?? .max {
        best = (place, rank, isStatement)
      }
    }
    return best.map { ($0.place, $0.isStatement) }
  }

  /// Behind the last space, without one the first parenthesis, and without that the first space
  /// beyond the page, where names are so long that there is no better place.
  private static func lastSpace(of line: [Character], _ indent: Int) -> (Int, Bool)? {
    let text = line[..<min(line.count, width)]
    let space = text.indices.last {
      line[$0] == " " && $0 > indent + 2 && !text[..<$0].contains("\"")
    }
    let beyond = line.indices.dropFirst(text.count).first {
      line[$0] == " " && !line[..<$0].contains("\"")
    }
    let place = space ?? text.indices.first { line[$0] == "(" && $0 > indent } ?? beyond
    return place.map { ($0 + 1, false) }
  }

  /// Whether the line begins with the head of a loop or a condition, after which a statement may
  /// stand.
  private static func endsHead(_ line: [Character], _ indent: Int) -> Bool {
    let start = String(line[indent..<min(line.count, indent + 12)])
    return ["for (", "if (", "else if (", "UNROLL for (", "UNROLL_TWICE"].contains {
      start.hasPrefix($0)
    }
  }
}
