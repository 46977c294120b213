import IR

// Models that are a step smaller than a model.

extension RandomModel {
  /// All models that are a step smaller, those first that may be much smaller.
  var smaller: [RandomModel] {
    var steps: [RandomModel] = []
    func add(_ change: (inout RandomModel) -> Void) {
      var changed = self
      change(&changed)
      if changed != self { steps.append(changed) }
    }
    for count in 0..<body.statements.count {
      add { $0.body.statements.removeLast($0.body.statements.count - count) }
      add {
        $0.body.statements.removeLast($0.body.statements.count - count)
        $0.loss = .plain
      }
    }
    add { $0.loss = .plain }
    add { $0.loss.penalty = "" }
    add { $0.hasSecondInput = false }
    add { $0.sideLosses = [] }
    for index in augmentations.indices { add { $0.augmentations.remove(at: index) } }
    for index in sideLosses.indices { add { $0.sideLosses.remove(at: index) } }
    for body in body.smaller {
      add { $0.body = body }
      add {
        $0.body = body
        $0.loss = .plain
      }
    }
    for call in loss.call.smaller { add { $0.loss.call = call } }
    for examples in [1, 2, 17] where examples < batch { add { $0.batch = examples } }
    for axis in input.dimensions.indices {
      let size = input.dimensions[axis]
      for smaller in Set([1, size / 2, size - 1]).sorted() where smaller > 0 && smaller < size {
        add { $0.input.dimensions[axis] = smaller }
      }
    }
    for axis in input.dimensions.indices where input.dimensions.count > 1 {
      add { $0.input.dimensions.remove(at: axis) }
    }
    return steps
  }
}

extension RandomModel {
  /// The models that begin later: what a first statement or a first stage makes is the input.
  func later(_ shapes: RandomShapes) throws -> [RandomModel] {
    let values = try shapes.values(of: body, over: input)
    var models: [RandomModel] = []
    for (index, statement) in body.statements.enumerated() where statement.head == .value(0) {
      if let rest = body.removing(index) {
        var model = self
        model.input = values[index + 1]
        model.body = rest
        models.append(model)
      }
      if let stage = statement.stages.first {
        var model = self
        model.input = try shapes.shape(of: stage, over: input)
        model.body.statements[index].stages.removeFirst()
        models.append(model)
      }
    }
    return models
  }
}

extension RandomBody {
  fileprivate var smaller: [RandomBody] {
    statements.indices.flatMap { index in
      (removing(index).map { [$0] } ?? [])
        + statements[index].smaller.map { statement in
          var changed = self
          changed.statements[index] = statement
          return changed
        }
    }
  }

  /// The body without statement `index`, whose readers read what it read; nil where it is the only
  /// one.
  fileprivate func removing(_ index: Int) -> RandomBody? {
    guard statements.count > 1 else { return nil }
    let source =
      switch statements[index].head {
      case .value(let value): value
      case .joined(_, let values): values.first ?? 0
      }
    func moved(_ value: Int) -> Int {
      value == index + 1 ? source : value > index ? value - 1 : value
    }
    var body = self
    body.statements.remove(at: index)
    for later in body.statements.indices {
      switch body.statements[later].head {
      case .value(let value): body.statements[later].head = .value(moved(value))
      case .joined(let call, let values):
        body.statements[later].head = .joined(call, values.map(moved))
      }
    }
    return body
  }
}

extension RandomStatement {
  fileprivate var smaller: [RandomStatement] {
    var heads: [Head] = []
    if case .joined(let call, let operands) = head {
      heads = operands.map(Head.value) + call.smaller.map { .joined($0, operands) }
      if operands.count > 2 { heads.append(.joined(call, operands.dropLast())) }
    }
    return heads.map { RandomStatement(head: $0, stages: stages) }
      + stages.smaller.map { RandomStatement(head: head, stages: $0) }
  }
}

extension [RandomStage] {
  fileprivate var smaller: [[RandomStage]] {
    indices.flatMap { index in
      ([[]] + self[index].smaller).map { self[..<index] + $0 + self[(index + 1)...] }
    }
  }
}

extension RandomStage {
  /// What may take its place, short of nothing.
  fileprivate var smaller: [[RandomStage]] {
    switch self {
    case .call(let call, let isFrozen):
      return (isFrozen ? [[.call(call, isFrozen: false)]] : [])
        + call.smaller.map { [.call($0, isFrozen: isFrozen)] }
    case .number: return []
    case .block(let body, let isFrozen):
      let isPipeline = body.statements.map(\.head) == [.value(0)]
      return (isPipeline ? [body.statements[0].stages] : [])
        + (isFrozen ? [[.block(body, isFrozen: false)]] : [])
        + body.smaller.map { [.block($0, isFrozen: isFrozen)] }
    case .repetition(let count, let stages):
      return [stages] + (count > 1 ? [[.repetition(count - 1, stages)]] : [])
        + stages.smaller.map { [.repetition(count, $0)] }
    }
  }
}

extension RandomCall {
  /// The call with fewer arguments, or smaller ones.
  fileprivate var smaller: [RandomCall] {
    arguments.indices.flatMap { index in
      var without = self
      without.arguments.remove(at: index)
      return [without]
        + arguments[index].value.smaller.map { value in
          var changed = self
          changed.arguments[index].value = value
          return changed
        }
    }
  }
}

extension Constant {
  fileprivate var smaller: [Constant] {
    switch self {
    case .number(let value) where value > 1 && value == value.rounded():
      return Set([1, (value / 2).rounded(.down), value - 1]).sorted().map(Constant.number)
    case .list(let values):
      return values.prefix(1)
        + values.indices.flatMap { index in
          values[index].smaller.map { element in
            var changed = values
            changed[index] = element
            return .list(changed)
          }
        }
    default: return []
    }
  }
}
