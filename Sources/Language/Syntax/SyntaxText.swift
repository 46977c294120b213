/// The syntax tree as text, one part a line, children indented under their parent: what
/// `bnc compile --emit syntax` prints.
package struct SyntaxText {
  private var lines: [String] = []
  private var depth = 0

  /// The whole tree of a file.
  package static func describe(_ syntax: ModelSyntax) -> String {
    var text = SyntaxText()
    for item in syntax.items { text.add(item) }
    return text.lines.map { $0 + "\n" }.joined()
  }

  private mutating func line(_ text: String) {
    lines.append(String(repeating: "  ", count: depth) + text)
  }

  private mutating func nested(_ body: (inout SyntaxText) -> Void) {
    depth += 1
    body(&self)
    depth -= 1
  }

  private mutating func add(_ item: ItemSyntax) {
    switch item {
    case .model(let model):
      line("model \(model.name?.text ?? "?")")
      nested { text in model.statements.forEach { text.add($0) } }
    case .block(let block):
      line("block \(block.name?.text ?? "?")")
      nested { text in
        for parameter in block.parameters {
          let fallback = parameter.fallback.map { ": " + Self.value($0) } ?? ""
          text.line("parameter \(parameter.name.text)\(fallback)")
        }
        block.statements.forEach { text.add($0) }
      }
    case .training(let training):
      line("training")
      nested { text in training.entries.forEach { text.add($0) } }
    case .constant(let constant): add(constant)
    case .include(let include): line("include \"\(include.path)\"")
    }
  }

  private mutating func add(_ constant: ConstantSyntax) {
    line("const \(constant.name.text) = \(constant.value.map(Self.value) ?? "?")")
  }

  private mutating func add(_ statement: StatementSyntax) {
    switch statement {
    case .constant(let constant): add(constant)
    case .input(let input):
      line("input \(input.name.text): \(input.shape.map(Self.shape) ?? "?")")
    case .target(let target):
      switch target.kind {
      case .values(let shape): line("target \(target.name.text): \(Self.shape(shape))")
      case .call(let call): line("target \(target.name.text): \(Self.call(call))")
      case nil: line("target \(target.name.text): ?")
      }
    case .loss(let loss):
      line("loss \(loss.terms.first.map(Self.term) ?? "?")")
      nested { text in
        for term in loss.terms.dropFirst() { text.line("+ \(Self.term(term))") }
      }
    case .binding(let binding):
      line("value \(binding.name.text)")
      nested { text in
        if let pipeline = binding.pipeline { text.add(pipeline) } else { text.line("?") }
      }
    }
  }

  private static func term(_ term: LossTermSyntax) -> String {
    let factor = term.factor.map { value($0) + " * " } ?? ""
    return factor + call(term.call) + patterns(term.patterns)
  }

  private mutating func add(_ pipeline: PipelineSyntax) {
    let name = pipeline.sumName.map { " as \($0.text)" } ?? ""
    if pipeline.terms.count == 1 {
      add(pipeline.terms[0], name: name)
    } else {
      line("sum" + name)
      nested { text in
        for term in pipeline.terms { text.add(term, name: "") }
      }
    }
    pipeline.stages.forEach { add($0) }
  }

  private mutating func add(_ stage: StageSyntax) {
    let name = stage.name.map { " as \($0.text)" } ?? ""
    let frozen = Self.frozen(stage.frozen)
    switch stage.work {
    case .call(let call): line("| \(Self.call(call))\(frozen)\(name)")
    case .repetition(let repetition):
      line("| repeat \(Self.value(repetition.count))\(name)\(frozen)")
      nested { text in repetition.stages.forEach { text.add($0) } }
    }
  }

  private mutating func add(_ product: ProductSyntax, name: String) {
    let sign = product.isSubtracted ? "minus " : ""
    guard product.factors.count > 1 else { return add(product.factors[0], after: sign, name: name) }
    line(sign + "product" + name)
    nested { text in
      for (index, factor) in product.factors.enumerated() {
        text.add(factor, after: index == 0 || factor.join == .times ? "" : "over ")
      }
    }
  }

  private mutating func add(
    _ factor: ProductSyntax.Factor, after words: String, name: String = ""
  ) {
    let words = words + (factor.isNegative ? "negative " : "")
    switch factor.term {
    case .name(let name): line(words + "read \(name.text)")
    case .number(let text): line(words + text)
    case .call(let call): line(words + Self.call(call) + name)
    case .group(let pipeline):
      line(words + "group\(Self.frozen(pipeline.frozen))")
      nested { $0.add(pipeline) }
    }
  }

  private mutating func add(_ entry: TrainingEntrySyntax) {
    switch entry.value {
    case .number(let value): line("\(entry.name.text) \(Self.value(value))")
    case .call(let call):
      line("\(entry.name.text) \(Self.call(call))\(Self.patterns(entry.patterns))")
    case nil: line("\(entry.name.text) ?")
    }
  }

  private static func patterns(_ patterns: [NameSyntax]) -> String {
    patterns.isEmpty ? "" : " on " + patterns.map(\.text).joined(separator: ", ")
  }

  private static func frozen(_ frozen: FrozenSyntax?) -> String {
    guard let frozen else { return "" }
    let names = frozen.names.map(\.text).joined(separator: ", ")
    return " frozen" + (names.isEmpty ? "" : "(\(names))")
  }

  private static func shape(_ shape: ShapeSyntax) -> String {
    "[" + shape.dimensions.map(value).joined(separator: ", ") + "]"
  }

  /// A call as it is written, its spaces made regular.
  static func call(_ call: CallSyntax) -> String {
    if call.arguments.isEmpty { return call.name.text + (call.isComplete ? "" : "(?)") }
    let arguments = call.arguments.map { argument in
      (argument.key.map { "\($0.text): " } ?? "") + value(argument.value)
    }
    return call.name.text + "("
      + (arguments + (call.isComplete ? [] : ["?"])).joined(separator: ", ") + ")"
  }

  /// A value as it is written, its spaces made regular.
  static func value(_ value: ValueSyntax) -> String {
    value.factors.enumerated().map { index, factor in
      let atom =
        switch factor.atom {
        case .number(let text): text
        case .word(let text): text
        case .group(let inner): "(" + self.value(inner) + ")"
        case .list(let values): "[" + values.map(Self.value).joined(separator: ", ") + "]"
        }
      let join = index == 0 ? "" : factor.join == .over ? "/" : " \(factor.join.rawValue) "
      return join + (factor.isNegative ? "-" : "") + atom
    }.joined()
  }
}
