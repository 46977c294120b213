import Diagnostics
import IR

// Constants are worked out before anything else of their scope, in the order in which they stand.
extension Checker {
  /// A scope of the constants of the file, in which nothing else has a name.
  var fileScope: Scope {
    var scope = Scope(prefix: "", statements: [])
    scope.constants = fileConstants
    return scope
  }

  /// The constants of the file.
  mutating func collectConstants() {
    let constants = syntax.items.compactMap { item in
      if case .constant(let constant) = item { constant } else { nil as ConstantSyntax? }
    }
    var scope = fileScope
    define(constants, in: &scope, named: [:])
    fileConstants = scope.constants
  }

  /// The constants among `statements`.
  ///
  /// - Parameter parameters: Where the parameters of the block around them are named.
  mutating func defineConstants(
    of statements: [StatementSyntax], in scope: inout Scope, parameters: [ParameterSyntax] = []
  ) {
    let constants = statements.compactMap { statement in
      if case .constant(let constant) = statement { constant } else { nil as ConstantSyntax? }
    }
    let names = parameters.map { ($0.name.text, $0.name.range) }
    define(constants, in: &scope, named: Dictionary(names) { first, _ in first })
  }

  private mutating func define(
    _ constants: [ConstantSyntax], in scope: inout Scope, named: [String: SourceRange]
  ) {
    var named = named
    let ranges = constants.map { ($0.name.text, $0.name.range) }
    var later = Dictionary(ranges) { first, _ in first }.filter { named[$0.key] == nil }
    for constant in constants {
      let name = constant.name
      if let key = keysByWord[name.text] {
        report(.constantNamedLikeWord(name, key: key))
      } else if let first = named[name.text] {
        report(.duplicateName(name, what: "a constant", first: first))
        continue
      }
      let isEarly = constant.value.map { reportEarlyUses(in: $0, of: later) } ?? false
      scope.constants[name.text] =
        isEarly ? .unknown : constant.value.map { evaluate($0, in: scope) } ?? .unknown
      named[name.text] = name.range
      later[name.text] = nil
    }
  }

  /// Whether a word of `value` is a name that is given only at or after it, by `later`; reports
  /// each.
  mutating func reportEarlyUses(
    in value: ValueSyntax, of later: [String: SourceRange]
  ) -> Bool {
    var isEarly = false
    for word in value.words {
      guard let range = later[word.text] else { continue }
      report(.constantUsedEarly(word, later: range))
      isEarly = true
    }
    return isEarly
  }
}
