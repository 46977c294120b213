import IR

/// A random model as a model file says it.
struct RandomModelText {
  private var shapes: RandomShapes
  private var blocks: [RandomBody] = []

  /// The text of `model`.
  ///
  /// - Throws: where its parts do not fit together.
  static func text(of model: RandomModel, _ shapes: RandomShapes) throws -> String {
    var text = RandomModelText(shapes: shapes)
    let values = try shapes.values(of: model.body, over: model.input)
    guard let output = values.last else { throw Misfit() }
    let target =
      switch try shapes.target(of: model.loss, over: output) {
      case .classes(let count, []): "class(\(count))"
      case .classes(let count, let positions): "class(\(count), shape: \(positions))"
      case .values(let shape): "\(shape)"
      }
    let loss = model.loss
    let arguments = text.arguments(of: loss.call, in: shapes.library.losses)
    let all =
      [text.name(values.count - 1, model.hasSecondInput ? "both" : "x"), "t"] + arguments + [
        "reduction: \(loss.reduction.rawValue)"
      ]
    let input = model.hasSecondInput ? "both" : "x"
    let second = model.hasSecondInput ? "\n  input z: \(model.input)" : ""
    var statements = model.hasSecondInput ? ["  both = x + z"] : []
    statements += text.statements(of: model.body, reading: input, last: nil)
    var (targets, sides) = ("", "")
    for (index, side) in model.sideLosses.enumerated() {
      guard values.indices.contains(side.value) else { throw Misfit() }
      targets += "\n  target t\(index + 1): \(values[side.value])"
      sides +=
        " + \(side.weight) * \(side.keyword)(\(text.name(side.value, input)), t\(index + 1), "
        + "reduction: \(loss.reduction.rawValue))"
    }
    let main = """
      model random {
        input x: \(model.input)\(second)
        target t: \(target)\(targets)
      \(statements.joined(separator: "\n"))
        loss \(loss.call.keyword)(\(all.joined(separator: ", ")))\(sides)\(loss.penalty)
      }
      training {
        batch \(model.batch)\(model.augmentations.map { "\n  augment " + $0 }.joined())
      }
      """
    return (text.blockTexts + [main]).joined(separator: "\n")
  }

  private init(shapes: RandomShapes) { self.shapes = shapes }

  private var blockTexts: [String] = []

  private func name(_ value: Int, _ input: String) -> String { value == 0 ? input : "v\(value)" }

  /// A line for each statement; the last one makes `last`.
  private mutating func statements(
    of body: RandomBody, reading input: String, last: String?
  ) -> [String] {
    body.statements.indices.map { index in
      let statement = body.statements[index]
      let head =
        switch statement.head {
        case .value(let value): name(value, input)
        case .joined(let call, let operands): joined(call, operands.map { name($0, input) })
        }
      let stages = statement.stages.map { text(of: $0) }
      let isLast = index == body.statements.count - 1
      let made = name(index + 1, input)
      return "  \(isLast ? last ?? made : made) = \(([head] + stages).joined(separator: " | "))"
    }
  }

  private func joined(_ call: RandomCall, _ operands: [String]) -> String {
    let definition = shapes.library.operations.definition(of: call.keyword)
    if let symbol = definition?.signature.symbol, operands.count == 2 {
      return operands.joined(separator: " \(symbol) ")
    }
    let all = operands + arguments(of: call, in: shapes.library.operations)
    return "\(call.keyword)(\(all.joined(separator: ", ")))"
  }

  private mutating func text(of stage: RandomStage) -> String {
    switch stage {
    case .call(let call, let isFrozen):
      let arguments = arguments(of: call, in: shapes.library.operations)
      return call.keyword + (arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))")
        + (isFrozen ? " frozen" : "")
    case .number(let keyword, let number):
      return "\(keyword)(\(Self.text(of: .number(number))))"
    case .block(let body, let isFrozen):
      return use(of: body) + (isFrozen ? " frozen" : "")
    case .repetition(let count, let stages):
      let texts = stages.map { text(of: $0) }
      return "repeat \(count) { \(texts.joined(separator: " | ")) }"
    }
  }

  /// A use of the block of this body, which is written where this is its first. Its first sizes are
  /// the block's parameter, which each use gives and whose default is another number.
  private mutating func use(of body: RandomBody) -> String {
    let size = body.firstSize
    if let known = blocks.firstIndex(of: body) { return use(known, size) }
    var inner = body
    if size != nil { inner.replaceFirstSize(with: .word("size")) }
    let lines = statements(of: inner, reading: "in", last: "out")
    let index = blocks.count
    blocks.append(body)
    let parameters = size == nil ? "" : "(size: 100)"
    blockTexts.append(
      "block b\(index)\(parameters) {\n\(lines.joined(separator: "\n"))\n}")
    return use(index, size)
  }

  private func use(_ index: Int, _ size: Constant?) -> String {
    "b\(index)" + (size.map { "(size: \(Self.text(of: $0)))" } ?? "")
  }

  /// Arguments that can go by place do.
  private func arguments<Made>(
    of call: RandomCall, in definitions: [Definition<Made>]
  ) -> [String] {
    let positional = definitions.definition(of: call.keyword)?.signature.positional.map(\.name)
    return zip(call.arguments.indices, call.arguments).map { index, argument in
      let hasPlace =
        positional?.indices.contains(index) == true
        && positional?[index] == argument.name
      return (hasPlace ? "" : "\(argument.name): ") + Self.text(of: argument.value)
    }
  }

  private static func text(of constant: Constant) -> String {
    switch constant {
    case .word(let word): word
    case .list(let values): "[" + values.map(text).joined(separator: ", ") + "]"
    default: constant.description
    }
  }
}

extension RandomBody {
  /// The first argument of the first call that has one, if it is a number.
  fileprivate var firstSize: Constant? {
    for statement in statements {
      for case .call(let call, _) in statement.stages {
        if case .number? = call.arguments.first?.value { return call.arguments.first?.value }
      }
    }
    return nil
  }

  fileprivate mutating func replaceFirstSize(with constant: Constant) {
    for statement in statements.indices {
      for stage in statements[statement].stages.indices {
        guard case .call(var call, let isFrozen) = statements[statement].stages[stage],
          case .number? = call.arguments.first?.value
        else { continue }
        call.arguments[0].value = constant
        statements[statement].stages[stage] = .call(call, isFrozen: isFrozen)
        return
      }
    }
  }
}
