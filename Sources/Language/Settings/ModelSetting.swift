import Diagnostics
import IR

/// A setting of a model that its text can be given another value of: an entry of the training block,
/// an argument of one, or a constant.
package struct ModelSetting: Hashable, Sendable {
  /// What stands there.
  enum Form: Hashable, Sendable {
    /// A number, a word or a list.
    case value
    /// A word with arguments: an entry as a whole.
    case call
  }

  /// A change of a text: what is at `range` gives its place to `before`, the value and `after`.
  struct Edit: Hashable, Sendable {
    var range: Range<Int>
    var before = ""
    var after = ""
  }

  /// `optimizer`, `sgd`, `lr`: from what it belongs to down to its own name.
  package let path: [String]
  /// What may stand there; nil where that is up to whatever reads it.
  package let accepts: Parameter.Accepted?
  /// The offsets of the entry or the constant that it stands in; nil where there is none so far.
  package let statement: Range<Int>?
  let form: Form
  let edit: Edit

  /// Whether it is an entry of the training block as a whole, whose arguments are settings too.
  package var isWhole: Bool { form == .call }

  /// Whether `name` means it: its own name, with some of what it belongs to before it.
  func isMeant(by name: [String]) -> Bool {
    guard let last = name.last, last == path.last else { return false }
    var rest = path.dropLast()[...]
    for word in name.dropLast() {
      guard let place = rest.firstIndex(of: word) else { return false }
      rest = rest[(place + 1)...]
    }
    return true
  }

  /// The offsets of `range` in its file.
  static func offsets(_ range: SourceRange) -> Range<Int> {
    range.lower.offset..<max(range.lower.offset, range.upper.offset)
  }
}
