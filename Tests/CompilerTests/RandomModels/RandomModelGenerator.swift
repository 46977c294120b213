import Diagnostics
import IR
import Language
import Operators
import Verification

/// Makes a model of a seed: the same one on every machine.
struct RandomModelGenerator {
  private var numbers: Numbers
  private let shapes: RandomShapes
  /// Blocks that there are already.
  private var blocks: [RandomBody] = []

  /// The model of `seed`.
  static func model(of seed: UInt64, _ shapes: RandomShapes = RandomShapes()) -> RandomModel {
    var generator = RandomModelGenerator(seed, shapes)
    return generator.model()
  }

  private init(_ seed: UInt64, _ shapes: RandomShapes) {
    numbers = Numbers(seed &* 0x9e37_79b9)
    self.shapes = shapes
  }

  private mutating func model() -> RandomModel {
    let input = input()
    var body = body(over: input, statements: Int(numbers.whole(1...4)), depth: 0)
    join(&body, over: input)
    let batch = numbers.one(of: [1, 2, 17, 64])
    let loss = loss(of: &body, over: input)
    var model = RandomModel(input: input, batch: batch, body: body, loss: loss)
    addSides(to: &model)
    if numbers.happens(4) {
      var penalized = model
      penalized.loss.penalty = numbers.one(of: Self.penalties)
      if isAccepted(penalized) { model = penalized }
    }
    guard numbers.happens(3) else { return model }
    var augmented = model
    augmented.augmentations = (0..<Int(numbers.whole(1...2))).map { _ in
      numbers.one(of: Self.augmentations)
    }
    return isAccepted(augmented) ? augmented : model
  }

  /// Those alone by which rounding cannot take one place for another.
  private static let augmentations = [
    "crop(1)", "flip", "flip(vertical, alternating: true)", "shift(columns: 1, mode: edge)",
    "time_shift(1)",
  ]

  /// A second input for some models, and losses of other values.
  private mutating func addSides(to model: inout RandomModel) {
    model.hasSecondInput = numbers.happens(4)
    guard numbers.happens(3) else { return }
    model.sideLosses = (0..<Int(numbers.whole(1...2))).map { _ in
      RandomModel.SideLoss(
        keyword: numbers.one(of: ["mean_squared_error", "huber", "mean_absolute_error"]),
        value: Int(numbers.whole(0...Int(model.body.statements.count))),
        weight: numbers.one(of: [0.25, 1, 3]))
    }
  }

  /// Whether the model has the parameters that its penalty is on, and places to move.
  private func isAccepted(_ model: RandomModel) -> Bool {
    guard let text = try? RandomModelText.text(of: model, shapes) else { return false }
    let source = SourceFile(name: "random.bn", text: text)
    return Frontend.check(source, library: shapes.library, trains: false).model != nil
  }

  private static let penalties = [" + l2(0.1)", " + l1(0.05)", " + l2(0.2) on *.bias"]

  /// Of one to four axes: dimensions of 1, primes, neighbours of powers of two.
  private mutating func input() -> Shape {
    let channels = [1, 2, 3, 4, 5, 8]
    switch numbers.whole(1...8) {
    case 1: return Shape([numbers.one(of: [1, 2, 5, 9, 16, 17, 31])])
    case 2, 3:
      return Shape([numbers.one(of: channels), numbers.one(of: [1, 2, 7, 9, 16, 17, 33])])
    case 4:
      let shape = Shape([1, 1, 1, 1].map { _ in numbers.one(of: [1, 2, 3, 4, 5]) })
      // Of a larger one nothing could be made.
      return shape.elementCount <= shapes.limit ? shape : input()
    default:
      let sides = [1, 3, 5, 7, 8, 9]
      return Shape([numbers.one(of: [1, 2, 3, 4]), numbers.one(of: sides), numbers.one(of: sides)])
    }
  }

  /// A body of so many statements, each of which reads values before it.
  private mutating func body(over input: Shape, statements: Int, depth: Int) -> RandomBody {
    var body = RandomBody(statements: [])
    var values = [input]
    for _ in 0..<statements {
      let head = head(values, body)
      guard var shape = try? shapes.shape(of: head, values) else { continue }
      var stages: [RandomStage] = []
      for _ in 0..<Int(numbers.whole(depth > 0 ? 1...2 : 1...4)) {
        if let stage = stage(over: shape, depth: depth),
          let next = try? shapes.shape(of: stage, over: shape)
        {
          stages.append(stage)
          shape = next
        }
      }
      if stages.isEmpty, case .value = head { continue }
      body.statements.append(RandomStatement(head: head, stages: stages))
      values.append(shape)
    }
    return body
  }

  /// One of the values, or several of them joined.
  private mutating func head(_ values: [Shape], _ body: RandomBody) -> RandomStatement.Head {
    let last = values.count - 1
    if numbers.happens(3) || values.count == 1 && !numbers.happens(5) {
      return .value(numbers.happens(3) ? Int(numbers.whole(0...last)) : last)
    }
    let joins = shapes.library.operations.filter { $0.signature.operands.count > 1 }
    for _ in 0..<8 {
      let signature = numbers.one(of: joins).signature
      let more = signature.takesMore ? Int(numbers.whole(0...2)) : 0
      let operands = (0..<signature.operands.count + more).map { _ in
        Int(numbers.whole(0...last))
      }
      let call = RandomArguments.call(of: signature, over: values[operands[0]], &numbers)
      let head = RandomStatement.Head.joined(call, operands)
      if call.keyword == "divide", !body.isPositive(operands[1]) { continue }
      // 0 but for rounding, of which a normalization makes anything.
      if call.keyword == "subtract", operands[0] == operands[1] { continue }
      if (try? shapes.shape(of: head, values)) != nil { return head }
    }
    return .value(last)
  }

  /// A stage that `shape` fits; nil where chance finds none.
  private mutating func stage(over shape: Shape, depth: Int) -> RandomStage? {
    if depth < 2, numbers.happens(8) {
      if let known = blocks.last, numbers.happens(2) { return .block(known, isFrozen: false) }
      let block = body(over: shape, statements: Int(numbers.whole(1...3)), depth: depth + 1)
      guard !block.statements.isEmpty else { return nil }
      blocks.append(block)
      return frozenByChance(.block(block, isFrozen: true), .block(block, isFrozen: false), shape)
    }
    if depth < 2, numbers.happens(12) {
      let stages = (0..<Int(numbers.whole(1...2))).compactMap { _ in
        stage(over: shape, depth: 2)
      }
      return stages.isEmpty ? nil : .repetition(Int(numbers.whole(0...3)), stages)
    }
    if numbers.happens(12) {
      let words = shapes.library.operations.map(\.signature).filter { $0.symbol != nil }
      return .number(numbers.one(of: words).keyword, numbers.one(of: [-2, 0.5, 3]))
    }
    for _ in 0..<6 {
      let call = call(over: shape)
      if (try? shapes.shape(of: call, [shape])) != nil {
        return frozenByChance(.call(call, isFrozen: true), .call(call, isFrozen: false), shape)
      }
    }
    return nil
  }

  /// Seldom the frozen one, and only where there is something to freeze.
  private mutating func frozenByChance(
    _ frozen: RandomStage, _ learning: RandomStage, _ shape: Shape
  ) -> RandomStage {
    let isFrozen = numbers.happens(8) && (try? shapes.shape(of: frozen, over: shape)) != nil
    return isFrozen ? frozen : learning
  }

  /// How often an operation is drawn, if not once.
  private static let weights = [
    "conv": 8, "conv_transpose": 3, "dense": 6, "batchnorm": 3, "avgpool": 2, "maxpool": 2,
    "flatten": 2,
  ]

  private mutating func call(over shape: Shape) -> RandomCall {
    let all = shapes.library.operations.map(\.signature).filter { $0.operands.count == 1 }
    let weighted = all.flatMap { signature in
      Array(repeating: signature, count: Self.weights[signature.keyword] ?? 1)
    }
    return RandomArguments.call(of: numbers.one(of: weighted), over: shape, &numbers)
  }

  /// Brings all values that nothing reads together.
  private mutating func join(_ body: inout RandomBody, over input: Shape) {
    var read: Set<Int> = []
    for statement in body.statements {
      switch statement.head {
      case .value(let value): read.insert(value)
      case .joined(_, let values): read.formUnion(values)
      }
    }
    let loose = body.statements.indices.map { $0 + 1 }.filter { !read.contains($0) }
    guard loose.count > 1 || body.statements.isEmpty else { return }
    let features = RandomCall(
      keyword: "dense",
      arguments: [.init(name: "features", value: .number(numbers.whole(1...4)))])
    let stages = ["flatten"].map { RandomStage.call(RandomCall(keyword: $0), isFrozen: false) }
    var sum: Int?
    for value in loose.isEmpty ? [0] : loose {
      body.statements.append(
        RandomStatement(head: .value(value), stages: stages + [.call(features, isFrozen: false)]))
      guard let others = sum else {
        sum = body.statements.count
        continue
      }
      let operands = [others, body.statements.count]
      body.statements.append(
        RandomStatement(head: .joined(RandomCall(keyword: "add"), operands), stages: []))
      sum = body.statements.count
    }
  }

  /// What a loss wants the model to end with.
  private static let endings = ["binary_cross_entropy": "sigmoid"]

  /// A loss that the result fits.
  private mutating func loss(of body: inout RandomBody, over input: Shape) -> RandomLoss {
    let output: Shape
    do {
      output = try shapes.shape(of: body, over: input)
    } catch {
      preconditionFailure("what was made of parts that fit does not: \(error)")
    }
    for _ in 0..<20 {
      let signature = numbers.one(of: shapes.library.losses).signature
      let loss = RandomLoss(
        call: RandomArguments.call(of: signature, over: output, &numbers),
        reduction: numbers.one(of: Loss.Reduction.allCases), penalty: "",
        choice: Int(numbers.whole(0...3)))
      guard (try? shapes.target(of: loss, over: output)) != nil else { continue }
      if let ending = Self.endings[signature.keyword] {
        body.statements.append(
          RandomStatement(
            head: .value(body.statements.count),
            stages: [.call(RandomCall(keyword: ending), isFrozen: false)]))
      }
      return loss
    }
    return .plain
  }
}

extension RandomBody {
  /// Whether a value is far enough from 0 to be divided by.
  fileprivate func isPositive(_ value: Int) -> Bool {
    guard value > 0, case .call(let call, _)? = statements[value - 1].stages.last else {
      return false
    }
    return ["sigmoid", "softplus", "softmax"].contains(call.keyword)
  }
}

extension RandomLoss {
  /// One that fits any result.
  static let plain = RandomLoss(
    call: RandomCall(keyword: "linear_regression"), reduction: .sum, penalty: "", choice: 0)
}
