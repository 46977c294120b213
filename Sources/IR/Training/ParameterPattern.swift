import Diagnostics

/// `conv1.weight`, `conv*.weight` or `*.bias`: parameters by their layer's name and their own. `*`
/// stands for any characters, or none.
package struct ParameterPattern: Hashable, Sendable {
  package let text: String
  /// Where it stands.
  package let range: SourceRange

  package init(_ text: String, at range: SourceRange) {
    self.text = text
    self.range = range
  }

  /// Whether it means the parameter `name`, `conv1.weight`.
  package func matches(_ name: String) -> Bool {
    let pattern = Array(text.utf8)
    let name = Array(name.utf8)
    var (p, n) = (0, 0)
    // Where the last star is, and how far it reached: a later mismatch lets it take one more.
    var star: (p: Int, n: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let last = star {
        star = (last.p, last.n + 1)
        (p, n) = (last.p + 1, last.n + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
