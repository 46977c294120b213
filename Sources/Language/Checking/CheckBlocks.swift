import Diagnostics
import IR

/// The two names that every block has.
enum BlockName {
  /// What is piped into the block.
  static let input = "in"
  /// What the block makes.
  static let result = "out"
  /// The constant that is the first size of what is piped into the block: the channels of an image,
  /// the features of a vector.
  static let inputChannels = "in_channels"
}

extension Checker {
  /// Puts a block's layers in the place of one use of it.
  mutating func expand(
    _ block: BlockSyntax, _ call: CallSyntax, as stage: StageSyntax, of value: Value?,
    in scope: inout Scope
  ) -> Value? {
    let name = call.name
    usedBlocks.insert(name.text)
    let instance = giveName(stage.name, kind: name.text, at: stage.range, in: &scope)
    let parameters = parameters(of: block)
    let usage = Signature(
      name.text, "", operands: [], positional: parameters
    ).usage
    let arguments = arguments(
      of: call, positional: parameters, keyed: [], usage: usage, in: scope)
    if scope.uses.contains(where: { $0.block == name.text }) {
      report(.recursiveBlock(name, uses: scope.uses))
      return nil
    }
    // A name that is too long is reported; every name within would be, too. As each level makes the
    // names longer, this bounds the depth as well.
    guard instance.utf8.count <= Limits.nameLength else { return nil }
    guard grow(at: stage.range), !isTooLarge, let arguments else { return nil }
    var inner = Scope(prefix: instance + "_", statements: block.statements)
    inner.uses = scope.uses + [Scope.Use(part: .block(name.text), range: stage.range)]
    give(arguments.constants, to: block, of: value, in: &inner)
    return checkBody(of: block, input: value, in: &inner)
  }

  /// Defines what a block's parameters are: what a use says, else their defaults, which may read
  /// the parameters before them.
  private mutating func give(
    _ arguments: [String: Constant], to block: BlockSyntax, of value: Value?,
    in scope: inout Scope
  ) {
    scope.constants = fileConstants
    scope.constants[BlockName.inputChannels] =
      value.map { .number(Double($0.shape.channels)) } ?? .unknown
    for parameter in block.parameters {
      let fallback = parameter.fallback.flatMap { earlyDefaults.contains($0.range) ? nil : $0 }
      scope.constants[parameter.name.text] =
        arguments[parameter.name.text] ?? fallback.map { evaluate($0, in: scope) } ?? .unknown
    }
  }

  /// The statements of a block, in the scope of one use: what `out` is.
  private mutating func checkBody(
    of block: BlockSyntax, input: Value?, in scope: inout Scope
  ) -> Value? {
    guard let name = block.name else { return nil }
    scope.define(NameSyntax(text: BlockName.input, range: name.range), as: input, isGiven: true)
    defineConstants(of: block.statements, in: &scope, parameters: block.parameters)
    for statement in block.statements {
      switch statement {
      case .binding(let binding): check(binding, in: &scope)
      case .constant: continue
      case .input(let input): report(.notInABlock("input", at: input.range))
      case .target(let target): report(.notInABlock("target", at: target.range))
      case .loss(let loss): report(.notInABlock("loss", at: loss.range))
      }
    }
    let result = scope.read(BlockName.result)
    if result == nil, !syntax.isDamaged { report(.missingResult(name)) }
    reportUnused(in: scope)
    return result?.value
  }

  private func parameters(of block: BlockSyntax) -> [Parameter] {
    block.parameters.map { parameter in
      Parameter(
        name: parameter.name.text, accepts: .anything,
        fallback: parameter.fallback.map(SyntaxText.value), meaning: "")
    }
  }

  /// Blocks that no pipeline uses are checked all the same, with an input and parameters that are
  /// unknown, so that their mistakes do not wait for the first use.
  mutating func checkUnusedBlocks() {
    isDiscarding = true
    for case .block(let block) in syntax.items {
      guard let name = block.name else { continue }
      guard blocks[name.text] == block, !usedBlocks.contains(name.text) else { continue }
      // What is shared with other models may be of no use in this one.
      let isShared = name.range.lower.file != 0
      if !syntax.isDamaged, !isShared { report(.unusedBlock(name)) }
      // The layers found here belong to no model.
      let (savedLayers, savedNames, savedUsed) = (layers, layerNames, usedBlocks)
      var scope = Scope(prefix: "", statements: block.statements)
      scope.uses = [Scope.Use(part: .block(name.text), range: name.range)]
      let unknown = block.parameters.map { ($0.name.text, Constant.unknown) }
      give(Dictionary(unknown) { first, _ in first }, to: block, of: nil, in: &scope)
      _ = checkBody(of: block, input: nil, in: &scope)
      (layers, layerNames, usedBlocks) = (savedLayers, savedNames, savedUsed)
    }
  }

  /// The parameters of a block, once and before any use.
  mutating func checkParameters(of block: BlockSyntax) {
    var scope = fileScope
    scope.constants[BlockName.inputChannels] = .unknown
    for parameter in block.parameters { scope.constants[parameter.name.text] = nil }
    var seen: [String: SourceRange] = [:]
    for (index, parameter) in block.parameters.enumerated() {
      if let first = seen[parameter.name.text] {
        report(.duplicateName(parameter.name, what: "a parameter", first: first))
      }
      if let fallback = parameter.fallback {
        let later = block.parameters[index...].map { ($0.name.text, $0.name.range) }
          .filter { seen[$0.0] == nil }
        if reportEarlyUses(in: fallback, of: Dictionary(later) { first, _ in first }) {
          earlyDefaults.insert(fallback.range)
        } else {
          _ = evaluate(fallback, in: scope)
        }
      }
      seen[parameter.name.text] = parameter.name.range
      scope.constants[parameter.name.text] = .unknown
    }
  }
}
