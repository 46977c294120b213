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
  private(set) var prefix: String
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
  /// The blocks and repetitions around this place and where each is used, outermost first.
  var uses: [Use] = []
  /// How often what stands here is repeated under one prefix, so that a name would be given as
  /// often.
  private(set) var repetitions = 1

  /// Whether this is in a block.
  var isInBlock: Bool { uses.contains { $0.block != nil } }

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

  /// A block in use, or a repetition.
  struct Use {
    let part: Part
    let range: SourceRange

    enum Part {
      case block(String)
      case repetition(Int, count: Int)
    }

    /// The block's name; nil of a repetition.
    var block: String? { if case .block(let name) = part { name } else { nil } }

    /// How a note calls it.
    var description: String {
      switch part {
      case .block(let name): "in this use of '\(name)'"
      case .repetition(let index, let count): "in repetition \(index) of \(count)"
      }
    }
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

  /// Lets a name stand for another value.
  mutating func replace(_ name: String, by value: Value) { names[name]?.value = value }

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

  /// What a repetition changes of a scope, and what is put back after it.
  struct Surroundings {
    fileprivate let prefix: String
    fileprivate let ordinals: [String: Int]
    fileprivate let constants: [String: Constant]
    fileprivate let repetitions: Int
    fileprivate let uses: [Use]
  }

  /// Enters one repetition.
  ///
  /// - Parameters:
  ///   - use: Which one of how many.
  ///   - name: The repetition's name: a constant, its number, within, and with the number the
  ///     prefix of the layers' names. Without one the layers are counted on as if they were
  ///     written out.
  ///   - index: The number as a constant.
  mutating func enter(_ use: Use, name: String?, index: Constant) -> Surroundings {
    let outer = Surroundings(
      prefix: prefix, ordinals: ordinals, constants: constants, repetitions: repetitions, uses: uses
    )
    uses.append(use)
    guard case .repetition(let number, let count) = use.part else { return outer }
    if let name {
      prefix += "\(name)\(number)_"
      ordinals = [:]
      constants[name] = index
      repetitions = 1
    } else {
      repetitions = max(repetitions, count)
    }
    return outer
  }

  /// Leaves the repetition for what was around it. The layers of one without a name stay counted.
  mutating func leave(to outer: Surroundings) {
    if prefix != outer.prefix { ordinals = outer.ordinals }
    (prefix, constants, repetitions, uses) =
      (outer.prefix, outer.constants, outer.repetitions, outer.uses)
  }

  /// The next name of a layer of `kind`: every layer of the kind counts, those with names of their
  /// own too, so that naming one does not rename the others.
  mutating func nextOrdinalName(_ kind: String) -> String {
    defer { ordinals[kind, default: 0] += 1 }
    return nextName(of: kind)
  }

  /// The name that the next layer of `kind` will have.
  func nextName(of kind: String) -> String { prefix + kind + "\(ordinals[kind, default: 0] + 1)" }
}

/// A layer's name, or that of a use of a block, and who gave it.
struct LayerName: Hashable {
  let text: String
  let range: SourceRange
  /// Whether `as` gave it, or an ordinal.
  let isWritten: Bool
  /// What stands before it: the name of the block or repetition that it is in, and `_`.
  var prefix = ""
}

extension Scope {
  /// The names of the constants, from which a message may suggest one; none where they are too many
  /// to choose from.
  var constantNames: [String] {
    constants.count > Suggestion.mostCandidates ? [] : constants.keys.sorted()
  }
}
