import Diagnostics
import IR

/// Writes statements of the language.
struct StatementText {
  let network: NetworkImport
  let library: Library
  let blocks: [RepeatedBlock]
  /// What values are called.
  var values: [ValueID: String] = [:]
  /// What layers are called that are not called by their kind.
  var layerNames: [Int: String] = [:]
  /// The block that the statements are of.
  var block: RepeatedBlock?

  /// A chain as a statement: in one line where it is short, else with a new line before each layer
  /// that has weights, and before each use of a block.
  func lines(_ chain: [Step]) -> [String] {
    let name = values[.result(of: chain[chain.count - 1].result)] ?? ""
    let (head, rest) = head(chain)
    let stages = rest.map { ($0, stage($0)) }
    let line = "  \(name) = " + ([head] + stages.map(\.1)).joined(separator: " | ")
    if line.utf8.count <= 80 { return [line] }
    var lines = ["  \(name) = \(head)"]
    for (step, stage) in stages {
      let isProduct =
        step.use != nil || network.layers[step.result].operation is any ProductOperation
      let last = lines[lines.count - 1]
      if lines.count == 1 || isProduct || last.utf8.count + stage.utf8.count > 94 {
        lines.append("    | \(stage)")
      } else {
        lines[lines.count - 1] = last + " | \(stage)"
      }
    }
    return lines
  }

  /// What a statement starts with, and the steps that follow.
  private func head(_ chain: [Step]) -> (String, ArraySlice<Step>) {
    let step = chain[0]
    let operands = step.operands.map(text)
    if operands.count == 2, step.use == nil,
      let symbol = library.operations.definition(of: network.layers[step.result].keyword)?
        .signature.symbol
    {
      return ("\(operands[0]) \(symbol) \(operands[1])", chain.dropFirst())
    }
    if operands.count == 1 { return (operands[0], chain[...]) }
    return (stage(step, operands), chain.dropFirst())
  }

  private func text(_ operand: ImportedOperand) -> String {
    switch operand {
    case .value(let id): values[id] ?? ""
    case .number(let number): Constant.written(number)
    }
  }

  /// A step as it stands in a pipeline.
  private func stage(_ step: Step, _ operands: [String]? = nil) -> String {
    if let use = step.use {
      let block = blocks[use.block]
      let name = block.useNames[use.number].map { " as \($0)" } ?? ""
      return block.call(use.number) + name
    }
    let index = step.result
    let layer = network.layers[index]
    let before = operands ?? layer.operands.dropFirst().map(text)
    let own = block?.arguments(of: layer, index) ?? layer.arguments.map(\.text)
    let arguments = before + own
    var text = layer.keyword
    if !arguments.isEmpty { text += "(\(arguments.joined(separator: ", ")))" }
    if !layer.frozen.isEmpty {
      text += " frozen(\(layer.frozen.map(\.rawValue).joined(separator: ", ")))"
    }
    if let name = layerNames[index] { text += " as \(name)" }
    return text
  }
}

extension StatementText {
  /// A block of the network.
  init(_ block: RepeatedBlock, _ network: NetworkImport, _ library: Library) {
    self.init(network: network, library: library, blocks: [], layerNames: block.layerNames)
    self.block = block
    values[block.uses[0].entry] = "in"
    values[.result(of: block.uses[0].exit)] = "out"
    var taken = TakenNames(
      library.operations.map(\.signature.keyword) + block.parameters.map(\.name)
        + block.layerNames.map(\.value))
    let inner = block.body.chains.dropLast().compactMap(\.last)
    for (index, step) in inner.enumerated() {
      values[.result(of: step.result)] = taken.take(inner.count == 1 ? "y" : "y\(index + 1)")
    }
  }

  /// The lines of the block that it is for.
  func lines(of block: RepeatedBlock) -> [String] {
    [block.head] + block.body.chains.flatMap(lines) + ["}", ""]
  }
}
