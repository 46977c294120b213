import Diagnostics
import IR

// Calls of operations.
extension Checker {
  /// An operation called by itself: `add(a, b)`.
  mutating func checkCall(
    _ call: CallSyntax, name: NameSyntax?, in scope: inout Scope
  ) -> Value? {
    guard let row = library.operations.definition(of: call.name.text) else {
      if blocks[call.name.text] != nil {
        report(.blockAsFunction(call))
        return nil
      }
      // What takes several values is called like this.
      let several = library.operations.filter { $0.signature.operands.count > 1 }
      report(
        .unknownLayer(
          call.name, known: [several.keywords(), library.operations.keywords()],
          isValue: scope.names[call.name.text] != nil))
      return nil
    }
    return check(call, row, piped: [], name: name, at: call.range, in: &scope)
  }

  /// A call of an operation. Operands that are not piped into it are its first arguments, by name.
  mutating func check(
    _ call: CallSyntax, _ row: Definition<any Operation>, piped: [Value?], name: NameSyntax?,
    at range: SourceRange, in scope: inout Scope
  ) -> Value? {
    writtenKeys[range] = Set(call.arguments.compactMap { $0.key?.text })
    let signature = row.signature
    let missing = signature.operands.dropFirst(piped.count)
    let isAlone = piped.isEmpty && lacksValue(call, signature, in: scope)
    let given = call.arguments.prefix { $0.key == nil }
      .prefix(isAlone ? 0 : signature.takesMore ? .max : missing.count)
    let misplaced = misplacedValue(in: call, signature, after: given.count, in: scope)
    if isAlone { report(.noValue(of: call)) } else if let misplaced { report(misplaced) }
    var operands = piped.map(Operand.value)
    for argument in given { operands.append(operand(argument.value, of: signature, in: &scope)) }
    var rest = call
    rest.arguments.removeFirst(given.count)
    if misplaced != nil { rest = readingValues(of: rest, signature, in: &scope) }
    let op = make(rest, row, of: operands.compactMap(\.value?.shape), in: scope)
    if let op, let value = operands.first?.value {
      remarkConventions(of: call, op, value.shape, in: scope)
    }
    let isWhole = call.isComplete && !isAlone && misplaced == nil && !given.contains(where: isList)
    if let absent = missing.dropFirst(given.count).first {
      if isWhole { report(.missingArgument(absent, of: call, usage: signature.usage)) }
      operands.append(.value(nil))
    }
    return append(op, row, operands: operands, name: name, at: range, in: &scope)
  }

  private func isList(_ argument: ArgumentSyntax) -> Bool { argument.value.list != nil }

  /// Whether nothing in `call`, into which nothing is piped, is the one value that it takes: what
  /// stands there by place is for its parameters.
  private mutating func lacksValue(
    _ call: CallSyntax, _ signature: Signature, in scope: Scope
  ) -> Bool {
    guard call.isComplete, signature.operands.count == 1 else { return false }
    let places = call.arguments.prefix { $0.key == nil }
    guard let first = places.first else {
      return misplacedValue(in: call, signature, after: 0, in: scope) == nil
    }
    guard let parameter = signature.positional.first, places.count <= signature.positional.count,
      !isValue(first.value, in: scope)
    else { return false }
    let refusal = parameter.accepts.refusal(of: evaluate(first.value, in: scope))
    return refusal == nil || refusal == .outOfRange
  }

  /// Whether `syntax` names a value.
  private func isValue(_ syntax: ValueSyntax, in scope: Scope) -> Bool {
    syntax.name.map { isValue($0.text, in: scope) } ?? false
  }

  private func isValue(_ word: String, in scope: Scope) -> Bool {
    scope.names[word] != nil && scope.constants[word] == nil
  }

  /// What is said about a value of `call` that stands where none is taken, behind the first `count`
  /// arguments; nil where there is none.
  private func misplacedValue(
    in call: CallSyntax, _ signature: Signature, after count: Int, in scope: Scope
  ) -> Diagnostic? {
    let rest = call.arguments.dropFirst(count)
    let places = rest.prefix { $0.key == nil }
    if let key = rest.compactMap(\.key).first(where: { isOperand($0.text, of: signature) }) {
      return .operandByKey(key, of: signature)
    }
    for (index, argument) in places.enumerated() {
      let isTaken =
        index < signature.positional.count
        && signature.positional[index].accepts.refusal(
          of: argument.value.name.map { .word($0.text) } ?? .unknown) == nil
      let isNumber = signature.parameters.isEmpty && signature.operands.count > 1
      if isNumber || !isTaken && isValue(argument.value, in: scope) {
        return .tooManyValues(argument, of: signature)
      }
    }
    return rest.dropFirst(places.count).first { $0.key == nil && isValue($0.value, in: scope) }
      .map { .valueBehindKey($0, of: call) }
  }

  private func isOperand(_ key: String, of signature: Signature) -> Bool {
    signature.operands.contains(key) && !signature.parameters.contains { $0.name == key }
  }

  /// `call` without the values that stand where none is taken, which are read all the same; it is
  /// no whole call any more.
  private mutating func readingValues(
    of call: CallSyntax, _ signature: Signature, in scope: inout Scope
  ) -> CallSyntax {
    var call = call
    call.isComplete = false
    call.arguments.removeAll { argument in
      let isByKey = argument.key.map { isOperand($0.text, of: signature) } ?? false
      let isNumber = argument.key == nil && signature.parameters.isEmpty
      return isByKey || isNumber || argument.key == nil && isValue(argument.value, in: scope)
    }
    return call
  }

  /// What stands in the place of a value between the parentheses of a call: its name, or a number.
  private mutating func operand(
    _ syntax: ValueSyntax, of signature: Signature, in scope: inout Scope
  ) -> Operand {
    if let name = syntax.name, !Keyword.isFlag(name.text), constant(name, in: scope) == nil {
      return .value(readName(name, in: &scope))
    }
    let values = syntax.words.filter { isValue($0.text, in: scope) }
    if let list = syntax.list, !list.isEmpty, values.count == list.count {
      report(.listOfValues(syntax, of: signature))
      return .value(nil)
    }
    if syntax.list == nil, !values.isEmpty {
      report(.computedValue(syntax))
      return .value(nil)
    }
    switch evaluate(syntax, in: scope) {
    case .number(let number): return .number(number)
    case .unknown: if syntax.list == nil { return .value(nil) }
    case .flag, .word, .list: break
    }
    report(.notAnOperand(syntax, of: signature))
    return .value(nil)
  }
}
