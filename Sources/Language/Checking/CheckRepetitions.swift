import Diagnostics
import IR

extension Checker {
  /// `| repeat 5 as stage { … }`: what the last repetition makes.
  mutating func check(
    _ repetition: RepetitionSyntax, named name: NameSyntax?, at range: SourceRange,
    of value: Value?, in scope: inout Scope
  ) -> Value? {
    if let name, let key = keysByWord[name.text] { report(.constantNamedLikeWord(name, key: key)) }
    if let name, scope.repetitions > 1 {
      report(.nameOfRepetitions(name, count: scope.repetitions))
    }
    let times = Key.whole("repeat", in: 0...Limits.layers, "how often")
    let constant = evaluate(repetition.count, in: scope)
    let isAccepted = accepts(
      times.parameter, constant, at: repetition.count.range, in: scope)
    guard isAccepted, let count = times.read(constant), count > 0 else {
      discard(repetition, named: name, at: range, in: &scope)
      return isAccepted && constant == .number(0) ? value : nil
    }
    var value = value
    for number in 1...count {
      guard grow(at: range), !isTooLarge else { return nil }
      if let name {
        let text = "\(scope.prefix)\(name.text)\(number)"
        let whole = claim(
          LayerName(text: text, range: name.range, isWritten: true, prefix: scope.prefix),
          in: scope)
        // It is reported; so would be every name within.
        guard whole.utf8.count <= Limits.nameLength else { return nil }
      }
      let use = Scope.Use(part: .repetition(number, count: count), range: range)
      let outer = scope.enter(use, name: name?.text, index: .number(Double(number)))
      for stage in repetition.stages { value = check(stage, of: value, in: &scope) }
      scope.leave(to: outer)
      // What is unknown stays so: another repetition would find the same mistakes.
      if value == nil { return nil }
    }
    return value
  }

  /// Checks what is repeated no time, or nobody knows how often, with an input and a number that
  /// are unknown: mistakes in it are mistakes, and the blocks in it are used.
  private mutating func discard(
    _ repetition: RepetitionSyntax, named name: NameSyntax?, at range: SourceRange,
    in scope: inout Scope
  ) {
    let saved = (layers, layerNames, isDiscarding)
    isDiscarding = true
    defer { (layers, layerNames, isDiscarding) = saved }
    guard grow(at: range) else { return }
    let use = Scope.Use(part: .repetition(1, count: 1), range: range)
    // Under a name of its own, so that the layers around it are counted as if it were not there.
    let outer = scope.enter(use, name: name?.text ?? "", index: .unknown)
    for stage in repetition.stages { _ = check(stage, of: nil, in: &scope) }
    scope.leave(to: outer)
  }
}
