import Diagnostics
import IR

extension Checker {
  /// What `call` makes, by the row of `table` that has its word.
  mutating func make<Made>(
    _ call: CallSyntax, from table: [Definition<Made>], what: String, in scope: Scope
  ) -> Made? {
    guard let row = table.definition(of: call.name.text) else {
      report(.unknownChoice(call.name, what: what, known: table.keywords()))
      return nil
    }
    return make(call, row, in: scope)
  }

  /// What `call` makes by `definition`; nil where an argument is wrong, which is reported, or
  /// unknown. `usage` is how it is called, where more belongs to that than `definition` reads, and
  /// `shapes` are those of the values that it works on, as far as they are known.
  mutating func make<Made>(
    _ call: CallSyntax, _ definition: Definition<Made>, usage: String? = nil,
    of shapes: [Shape] = [], in scope: Scope
  ) -> Made? {
    let signature = definition.signature
    guard
      let arguments = arguments(
        of: call, positional: signature.positional, keyed: signature.keyed,
        usage: usage ?? signature.usage, in: scope),
      !arguments.constants.values.contains(.unknown)
    else { return nil }
    do throws(ArgumentError) {
      return try definition.make(arguments)
    } catch {
      report(
        .argumentMismatch(
          error, of: call, shapes, at: arguments.ranges[error.name] ?? call.range,
          uses: scope.uses))
      return nil
    }
  }

  /// The arguments of `call`, each one given to its parameter and accepted by it; nil where one is
  /// wrong or missing.
  mutating func arguments(
    of call: CallSyntax, positional: [Parameter], keyed: [Parameter], usage: String, in scope: Scope
  ) -> Arguments? {
    var arguments = Arguments()
    var isValid = call.isComplete
    var places = positional[...]
    for argument in call.arguments {
      guard
        let parameter = parameter(
          of: argument, places: &places, positional: positional, keyed: keyed, call: call,
          usage: usage)
      else {
        _ = evaluate(argument.value, in: scope)
        isValid = false
        continue
      }
      let constant = evaluate(argument.value, of: parameter, in: scope)
      if let first = arguments.ranges[parameter.name] {
        report(.duplicateKey(parameter.name, at: argument.range, first: first))
        isValid = false
        continue
      }
      arguments.constants[parameter.name] = constant
      arguments.ranges[parameter.name] = argument.range
      if !accepts(parameter, constant, at: argument.value.range, in: scope) { isValid = false }
    }
    guard isValid else { return nil }
    for parameter in positional + keyed
    where parameter.fallback == nil && arguments.ranges[parameter.name] == nil {
      report(.missingArgument(parameter.name, of: call, usage: usage))
      isValid = false
    }
    return isValid ? arguments : nil
  }

  /// What `syntax` amounts to as an argument of `parameter`: a word that this has among its own is that
  /// word, be there a constant of the same name. A block's `channels` is no axis.
  private mutating func evaluate(
    _ syntax: ValueSyntax, of parameter: Parameter, in scope: Scope
  ) -> Constant {
    if let word = syntax.name?.text, parameter.accepts.names(word) { return .word(word) }
    return evaluate(syntax, in: scope)
  }

  /// The parameter that `argument` is for: the one of its key, or the next one by place.
  private mutating func parameter(
    of argument: ArgumentSyntax, places: inout ArraySlice<Parameter>, positional: [Parameter],
    keyed: [Parameter], call: CallSyntax, usage: String
  ) -> Parameter? {
    let all = positional + keyed
    guard let key = argument.key else {
      if let parameter = places.popFirst() { return parameter }
      report(
        .tooManyArguments(
          argument, of: call, usage: usage, keys: keyed.map(\.name), isNothingTaken: all.isEmpty))
      return nil
    }
    guard let parameter = all.first(where: { $0.name == key.text }) else {
      report(.unknownKey(key, of: call, known: all.map(\.name), usage: usage))
      return nil
    }
    places.removeAll { $0.name == key.text }
    return parameter
  }

  /// Whether `parameter` takes `constant`; reports why it does not.
  mutating func accepts(
    _ parameter: Parameter, _ constant: Constant, at range: SourceRange, in scope: Scope
  ) -> Bool {
    guard let refusal = parameter.accepts.refusal(of: constant) else { return true }
    report(
      .refused(
        parameter, constant, refusal, at: range, constants: scope.constantNames,
        uses: scope.uses))
    return false
  }
}
