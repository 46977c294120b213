import IR
import Operators

/// Why a random model is none: it goes back to where it was made.
struct Misfit: Error {}

/// What the parts of a random model make of shapes, by the operations themselves.
struct RandomShapes: Sendable {
  var library = Library.standard
  /// A value has at most so many numbers, and a layer at most 30 times as many multiply-adds: the
  /// naive network is slow.
  var limit = 400

  /// The shape of a body's result over `input`.
  func shape(of body: RandomBody, over input: Shape) throws -> Shape {
    guard let last = try values(of: body, over: input).last else { throw Misfit() }
    return last
  }

  /// The shapes of all values of a body.
  func values(of body: RandomBody, over input: Shape) throws -> [Shape] {
    var values = [input]
    for statement in body.statements {
      var shape = try shape(of: statement.head, values)
      for stage in statement.stages { shape = try self.shape(of: stage, over: shape) }
      values.append(shape)
    }
    return values
  }

  func shape(of head: RandomStatement.Head, _ values: [Shape]) throws -> Shape {
    switch head {
    case .value(let index):
      guard values.indices.contains(index) else { throw Misfit() }
      return values[index]
    case .joined(let call, let operands):
      guard operands.allSatisfy(values.indices.contains) else { throw Misfit() }
      return try shape(of: call, operands.map { values[$0] })
    }
  }

  func shape(of stage: RandomStage, over shape: Shape) throws -> Shape {
    switch stage {
    case .call(let call, let isFrozen):
      if isFrozen, !(try learns(call, over: shape)) { throw Misfit() }
      return try self.shape(of: call, [shape])
    case .number: return shape
    case .block(let body, let isFrozen):
      if isFrozen, !(try learns(body, over: shape)) { throw Misfit() }
      return try self.shape(of: body, over: shape)
    case .repetition(let count, let stages):
      return try (0..<count).reduce(shape) { shape, _ in
        try stages.reduce(shape) { try self.shape(of: $1, over: $0) }
      }
    }
  }

  /// Whether a call has parameters, which can be frozen.
  private func learns(_ call: RandomCall, over shape: Shape) throws -> Bool {
    guard let definition = library.operations.definition(of: call.keyword) else { return false }
    let operation = try definition.make(arguments(of: call, definition.signature))
    // An operand that does not fit is found where the shape of the result is asked for.
    guard (try? operation.resultShape(of: [shape])) != nil else { return false }
    return !operation.parameters(of: [shape]).isEmpty
  }

  /// Whether the first call of a body has.
  private func learns(_ body: RandomBody, over shape: Shape) throws -> Bool {
    guard body.statements.first?.head == .value(0),
      case .call(let call, _)? = body.statements.first?.stages.first
    else { return false }
    return try learns(call, over: shape)
  }

  /// The shape of a call's result.
  func shape(of call: RandomCall, _ operands: [Shape]) throws -> Shape {
    guard let definition = library.operations.definition(of: call.keyword) else { throw Misfit() }
    let operation = try definition.make(arguments(of: call, definition.signature))
    let shape = try operation.resultShape(of: operands)
    // The checker writes some calls as two, of which the first has limits of its own.
    _ = try (operation as? any DecomposedOperation)?.decomposed(for: operands[0])
    guard shape.elementCount <= limit, operation.multiplyAdds(of: operands) <= 30 * limit else {
      throw Misfit()
    }
    return shape
  }

  /// The arguments as the checker would hand them on.
  func arguments(of call: RandomCall, _ signature: Signature) throws -> Arguments {
    var arguments = Arguments()
    for argument in call.arguments {
      guard let parameter = signature.parameters.first(where: { $0.name == argument.name }),
        parameter.accepts.refusal(of: argument.value) == nil
      else { throw Misfit() }
      arguments.constants[argument.name] = argument.value
    }
    return arguments
  }

  /// The target that a loss of a value of `shape` is taken against.
  func target(of loss: RandomLoss, over shape: Shape) throws -> Target.Kind {
    guard let definition = library.losses.definition(of: loss.call.keyword) else { throw Misfit() }
    let function = try definition.make(arguments(of: loss.call, definition.signature))
    let plane = Array(shape.dimensions.dropFirst())
    let kinds: [Target.Kind] = [
      .classes(count: shape.channels), .classes(count: 2), .values(shape),
      .classes(count: shape.channels, positions: plane),
    ]
    let fitting = kinds.filter { function.mismatch(of: shape, with: $0) == nil }
    guard !fitting.isEmpty else { throw Misfit() }
    return fitting[loss.choice % fitting.count]
  }
}
