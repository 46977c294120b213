import Diagnostics
import IR

extension Checker {
  /// `name = pipeline`
  mutating func check(_ binding: BindingSyntax, in scope: inout Scope) {
    let before = layers.count
    let value = binding.pipeline.flatMap { check($0, in: &scope) }
    if let first = scope.names[binding.name.text], !first.isPlaceholder {
      report(.duplicateName(binding.name, what: "a value", first: first.range))
    } else if !scope.isInBlock,
      let target = targetNames.first(where: { $0.text == binding.name.text })
    {
      report(.duplicateName(binding.name, what: "a target", first: target.range))
    } else {
      let isRead = scope.names[binding.name.text]?.isRead ?? false
      scope.define(binding.name, as: value)
      if isRead { _ = scope.read(binding.name.text) }
    }
    if let maker = value?.id.layer, maker >= before {
      layers[maker].valueName = scope.prefix + binding.name.text
    }
  }

  /// What a pipeline's last layer makes; nil where that is unknown.
  private mutating func check(_ pipeline: PipelineSyntax, in scope: inout Scope) -> Value? {
    switch checkOperand(pipeline, in: &scope) {
    case .value(let value): return value
    case .number:
      report(.numberForPipeline(at: pipeline.range))
      return nil
    }
  }

  /// A pipeline in parentheses.
  mutating func checkGroup(_ pipeline: PipelineSyntax, in scope: inout Scope) -> Operand {
    let first = layers.count
    let operand = checkOperand(pipeline, in: &scope)
    if let frozen = pipeline.frozen, operand.value != nil { freeze(frozen, from: first) }
    return operand
  }

  /// The same where a number will do as well.
  mutating func checkOperand(_ pipeline: PipelineSyntax, in scope: inout Scope) -> Operand {
    var operand = checkSum(pipeline, in: &scope)
    if operand.number != nil, !pipeline.stages.isEmpty {
      report(.numberForPipeline(at: pipeline.sumRange))
      operand = .value(nil)
    }
    for stage in pipeline.stages {
      operand = .value(check(stage, of: operand.value, in: &scope))
    }
    return operand
  }

  /// What `name` stands for; nil where that is unknown.
  mutating func readName(_ name: NameSyntax, in scope: inout Scope) -> Value? {
    if let entry = scope.read(name.text) { return entry.value }
    if !scope.isInBlock, let target = targetNames.first(where: { $0.text == name.text }) {
      report(.targetAsValue(name, target: target.range))
    } else if let later = scope.defined[name.text] {
      report(.usedBeforeDefinition(name, later: later))
    } else if !syntax.unread.mayGive(name.text) {
      report(
        .unknownName(
          name, known: scope.order, isLayer: isLayer(name.text),
          isConstant: scope.constants[name.text] != nil, isInBlock: scope.isInBlock))
    }
    // One report a name: its other uses are the same mistake.
    scope.definePlaceholder(name)
    return nil
  }

  private func isLayer(_ word: String) -> Bool {
    library.operations.keywords().contains(word) || blocks[word] != nil
  }

  /// `| conv(20, kernel: 3) as first`
  mutating func check(_ stage: StageSyntax, of value: Value?, in scope: inout Scope) -> Value? {
    let first = layers.count
    let result =
      switch stage.work {
      case .repetition(let repetition):
        check(repetition, named: stage.name, at: stage.range, of: value, in: &scope)
      case .call(let call): check(call, of: value, as: stage, in: &scope)
      }
    // What makes no layers is repeated no time: in another use it may be.
    if let frozen = stage.frozen, result != nil, layers.count > first {
      freeze(frozen, from: first)
    }
    return result
  }

  private mutating func check(
    _ call: CallSyntax, of value: Value?, as stage: StageSyntax, in scope: inout Scope
  ) -> Value? {
    let name = call.name
    if let row = library.operations.definition(of: name.text) {
      return check(call, row, piped: [value], name: stage.name, at: stage.range, in: &scope)
    }
    if let block = blocks[name.text] {
      return expand(block, call, as: stage, of: value, in: &scope)
    }
    if !syntax.unread.mayGive(name.text) {
      report(
        .unknownLayer(
          name, known: [library.operations.keywords() + blocks.keys.sorted()],
          isValue: scope.names[name.text] != nil))
    }
    for argument in call.arguments { _ = evaluate(argument.value, in: scope) }
    return nil
  }

  /// Adds a layer to the graph. It counts and has a name even where it failed, so that the layers
  /// after it are called the same when it is mended.
  mutating func append(
    _ op: (any Operation)?, keyword: String, operands: [Value?], name: NameSyntax?,
    at range: SourceRange,
    in scope: inout Scope
  ) -> Value? {
    let layerName = giveName(name, kind: keyword, at: range, in: &scope)
    return append(op, called: layerName, operands: operands, at: range, in: scope)
  }

  /// The same of a layer whose name is known.
  mutating func append(
    _ op: (any Operation)?, called layerName: String, operands: [Value?], at range: SourceRange,
    in scope: Scope
  ) -> Value? {
    guard grow(at: range) else { return nil }
    let known = operands.compactMap { $0 }
    guard let op, known.count == operands.count else { return nil }
    let shapes = known.map(\.shape)
    let shape: Shape
    do throws(ShapeError) {
      shape = try op.resultShape(of: shapes)
    } catch {
      report(.shapeMismatch(error, at: range, uses: scope.uses))
      return nil
    }
    guard checkedSize(shape, at: range) != nil else { return nil }
    for tensor in op.parameters(of: shapes)
    where product(tensor.shape).map({ $0 >= Limits.elements }) ?? true {
      report(.parameterTooLarge(tensor.name, tensor.shape, at: range))
      return nil
    }
    layers.append(
      Layer(name: layerName, op: op, operands: known.map(\.id), shape: shape, range: range))
    return Value(id: .result(of: layers.count - 1), shape: shape)
  }

  /// The name of a layer or of a use of a block: its own, or its kind and ordinal.
  mutating func giveName(
    _ name: NameSyntax?, kind: String, at range: SourceRange, in scope: inout Scope
  ) -> String {
    let ordinal = scope.nextOrdinalName(kind)
    let text = name.map { scope.prefix + $0.text } ?? ordinal
    if let name, scope.repetitions > 1 {
      report(.nameOfRepetitions(name, count: scope.repetitions))
    }
    return claim(
      LayerName(
        text: text, range: name?.range ?? range, isWritten: name != nil, prefix: scope.prefix),
      in: scope)
  }

  /// Adds a name to those of the layers, and reports one that is too long.
  mutating func claim(_ name: LayerName, in scope: Scope) -> String {
    layerNames.append(name)
    if !isDiscarding, name.text.utf8.count > Limits.nameLength,
      !scope.prefix.isEmpty || !name.isWritten
    {
      report(.layerNameTooLong(name.text, at: name.range))
    }
    return name.text
  }

  /// Counts a layer, a use of a block or a repetition. False where there are too many.
  mutating func grow(at range: SourceRange) -> Bool {
    if isDiscarding {
      discardedSize += 1
      return discardedSize <= Limits.layers
    }
    size += 1
    if size <= Limits.layers { return true }
    if !isTooLarge { report(.tooManyLayers(at: range)) }
    isTooLarge = true
    return false
  }

  /// The product, or nil where it does not fit into an `Int`.
  func product(_ factors: [Int]) -> Int? {
    var result = 1
    for factor in factors {
      let (value, overflow) = result.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      result = value
    }
    return result
  }
}
