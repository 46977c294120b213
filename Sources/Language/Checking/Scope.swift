import Diagnostics
import IR

/// A value that a name stands for: its place in the graph and its shape.
struct Value: Hashable {
  let id: ValueID
  let shape: Shape
}

/// What the names of a model, or of one use of a block, stand for.
struct Scope {
  /// What stands before the names of the layers: `residual1_`, or nothing in the model itself.
  let prefix: String
  /// The names that statements of this scope give, wherever they stand.
  let defined: [String: SourceRange]
  /// What the block's parameters are in this use.
  var constants: [String: Constant] = [:]
  /// The names so far.
  private(set) var names: [String: Entry] = [:]
  /// The order in which they were given.
  private(set) var order: [String] = []
  /// How many layers of each kind there are so far.
  private var ordinals: [String: Int] = [:]
  /// The blocks around this place and where each is used, outermost first.
  var uses: [Use] = []

  /// A name and what is known about it.
  struct Entry {
    /// What it stands for; nil where that is unknown.
    var value: Value?
    let range: SourceRange
    /// Whether somebody reads it.
    var isRead = false
    /// Whether it is the input, or a block's: these may stay unread.
    let isGiven: Bool
    /// Whether nothing gives the name: its use was a mistake, and is reported.
    var isPlaceholder = false
  }

  /// A block in use.
  struct Use {
    let block: String
    let range: SourceRange
  }

  init(prefix: String, statements: [StatementSyntax]) {
    self.prefix = prefix
    var defined: [String: SourceRange] = [:]
    for case .binding(let binding) in statements where defined[binding.name.text] == nil {
      defined[binding.name.text] = binding.name.range
    }
    self.defined = defined
  }

  /// Gives `value` a name; the one that has it already keeps it, unless that was only a
  /// placeholder.
  mutating func define(_ name: NameSyntax, as value: Value?, isGiven: Bool = false) {
    if let entry = names[name.text], !entry.isPlaceholder { return }
    if names[name.text] == nil { order.append(name.text) }
    names[name.text] = Entry(value: value, range: name.range, isGiven: isGiven)
  }

  /// Lets a name that nothing gives stand for something unknown, so that it is reported once.
  mutating func definePlaceholder(_ name: NameSyntax) {
    names[name.text] = Entry(
      value: nil, range: name.range, isRead: true, isGiven: false, isPlaceholder: true)
  }

  /// Marks a name as read and returns what is known about it.
  mutating func read(_ name: String) -> Entry? {
    names[name]?.isRead = true
    return names[name]
  }

  /// The next name of a layer of `kind`: every layer of the kind counts, those with names of their
  /// own too, so that naming one does not rename the others.
  mutating func nextOrdinalName(_ kind: String) -> String {
    ordinals[kind, default: 0] += 1
    return prefix + kind + "\(ordinals[kind, default: 0])"
  }
}

/// A layer's name, or that of a use of a block, and who gave it.
struct LayerName: Hashable {
  let text: String
  let range: SourceRange
  /// Whether `as` gave it, or an ordinal.
  let isWritten: Bool
}
