import Diagnostics
import IR

/// The two names that every block has.
enum BlockName {
  /// What is piped into the block.
  static let input = "in"
  /// What the block makes.
  static let result = "out"
}

extension Checker {
  /// Puts a block's layers in the place of one use of it.
  mutating func expand(
    _ block: BlockSyntax, _ stage: StageSyntax, of value: Value?, in scope: inout Scope
  ) -> Value? {
    let name = stage.call.name
    usedBlocks.insert(name.text)
    let instance = giveName(stage.name, kind: name.text, at: stage.range, in: &scope)
    let parameters = parameters(of: block)
    let usage = Signature(
      name.text, "", operands: [], positional: parameters
    ).usage
    let arguments = arguments(
      of: stage.call, positional: parameters, keyed: [], usage: usage, in: scope)
    if scope.uses.contains(where: { $0.block == name.text }) {
      report(.recursiveBlock(name, uses: scope.uses))
      return nil
    }
    // A name that is too long is reported; every name within would be, too. As each level makes the
    // names longer, this bounds the depth as well.
    guard instance.utf8.count <= Limits.nameLength else { return nil }
    guard grow(at: stage.range), !isTooLarge, let arguments else { return nil }
    var inner = Scope(prefix: instance + "_", statements: block.statements)
    inner.uses = scope.uses + [Scope.Use(block: name.text, range: stage.range)]
    for parameter in block.parameters {
      inner.constants[parameter.name.text] =
        arguments.constants[parameter.name.text]
        ?? parameter.fallback.map { evaluate($0, in: Scope(prefix: "", statements: [])) }
        ?? .unknown
    }
    return checkBody(of: block, input: value, in: &inner)
  }

  /// The statements of a block, in the scope of one use: what `out` is.
  private mutating func checkBody(
    of block: BlockSyntax, input: Value?, in scope: inout Scope
  ) -> Value? {
    guard let name = block.name else { return nil }
    scope.define(NameSyntax(text: BlockName.input, range: name.range), as: input, isGiven: true)
    for statement in block.statements {
      switch statement {
      case .binding(let binding): check(binding, in: &scope)
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
    isCheckingUnusedBlock = true
    for case .block(let block) in syntax.items {
      guard let name = block.name else { continue }
      checkParameters(of: block)
      guard blocks[name.text] == block, !usedBlocks.contains(name.text) else { continue }
      if !syntax.isDamaged { report(.unusedBlock(name)) }
      // The layers found here belong to no model.
      let (savedLayers, savedNames, savedUsed) = (layers, layerNames, usedBlocks)
      var scope = Scope(prefix: "", statements: block.statements)
      scope.uses = [Scope.Use(block: name.text, range: name.range)]
      for parameter in block.parameters { scope.constants[parameter.name.text] = .unknown }
      _ = checkBody(of: block, input: nil, in: &scope)
      (layers, layerNames, usedBlocks) = (savedLayers, savedNames, savedUsed)
    }
  }

  private mutating func checkParameters(of block: BlockSyntax) {
    var seen: [String: SourceRange] = [:]
    for parameter in block.parameters {
      if let first = seen[parameter.name.text] {
        report(.duplicateName(parameter.name, what: "a parameter", first: first))
      }
      seen[parameter.name.text] = parameter.name.range
      if let fallback = parameter.fallback {
        _ = evaluate(fallback, in: Scope(prefix: "", statements: []))
      }
    }
  }
}
