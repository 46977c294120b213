import IR

/// A loss that the compiler can carry out.
package protocol LoweredLoss: LossFunction {
  /// The kernel that computes the loss of each example and its gradient.
  func kernel(_ site: LossSite) -> any KernelSpec

  /// What the loss is in C, for one example of an inference: a comment's lines and a function's
  /// statements over `x`, what the loss reads as it lies in memory; they return a double.
  func evaluation(_ site: LossEvaluation) -> LossEvaluation.Code
}

/// What a loss's kernel works on.
package struct LossSite: Hashable, Sendable {
  /// Which of the model's losses it is.
  package var index: Int
  /// Its factor in the whole, which its gradient is multiplied by.
  package var weight: Double
  /// Numbers of one example that the loss reads.
  package var outputs: Int
  /// Whether the gradient is divided by the number of examples.
  package var isMean: Bool
  package var target: TargetAccess
  package var x: BufferID
  package var gradient: BufferID
  /// One number per block.
  package var blockLosses: BufferID
}

/// Where an inference computes a loss.
package struct LossEvaluation: Sendable {
  package let names: CodegenContext
  /// Which of the model's losses it is.
  package let index: Int
  package let outputs: Int
  /// Whether the examples' losses become their mean.
  package let isMean: Bool
  /// Numbers of a channel of what the loss reads, and from one of these to the next.
  private let plane, stride: Int
  package let target: TargetAccess

  package init(
    names: CodegenContext, index: Int, outputs: Int, isMean: Bool, plane: Int, stride: Int,
    target: TargetAccess
  ) {
    self.names = names
    self.index = index
    self.outputs = outputs
    self.isMean = isMean
    self.plane = plane
    self.stride = stride
    self.target = target
  }

  /// C for the class of the example.
  package var label: String { target.label("s->example") }

  /// C for how many numbers the loss reads.
  package var count: String { names.plan.model.outputs.count == 1 ? "OUTPUTS" : "\(outputs)" }

  /// C for the example's target of number `k`.
  package var targetNumber: String {
    target.hasClasses ? "(real)\(label)" : target.number("s->example", "k", of: count)
  }

  /// C for number `k` of what the loss reads: `x[k]` of a vector.
  package func number(_ k: String) -> String {
    if plane == 1 { return "x[\(k)]" }
    let index = k.contains(" ") ? "(\(k))" : k
    return "x[\(index) % \(plane) * \(stride) + \(index) / \(plane)]"
  }

  /// C for the number of class `k` at position `p`.
  package func number(_ k: String, at p: String) -> String {
    plane == 1 ? "x[\(k)]" : "x[\(p) * \(stride) + \(k)]"
  }

  /// The loss as C.
  package struct Code: Sendable {
    package let comment: [String]
    package let statements: [String]

    package init(comment: [String], statements: [String]) {
      self.comment = comment
      self.statements = statements
    }
  }
}

extension Model {
  /// How C reads target `index` as the caller gave it.
  package func access(to index: Int) -> TargetAccess {
    TargetAccess(
      index: index, isOnly: targets.count == 1, hasClasses: targets[index].kind.classCount > 0)
  }
}

extension KernelPlanner {
  /// How C reads target `index` of a step.
  func access(to index: Int) -> TargetAccess {
    var access = model.access(to: index)
    access.moved = movedTargets[index]
    return access
  }
}

extension KernelPlan {
  /// How C reads target `index` after the forward pass: as training has moved it.
  package func access(to index: Int) -> TargetAccess {
    var access = model.access(to: index)
    access.moved = movedTargets[index]
    return access
  }
}

extension Loss {
  /// What a function or a field of its own of loss `index` ends with.
  package static func suffix(_ index: Int) -> String { index == 0 ? "" : "_\(index + 1)" }
}

/// A loss and the gradient of its operand.
struct LossOperation: GraphOperation {
  let label = "loss"
  /// Which loss.
  let index: Int

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let model = planner.model
    let loss = planner.graph.losses[index]
    let operand = loss.operand
    guard let function = loss.function.base as? any LoweredLoss else {
      fatalError("\(loss.function.base.keyword) has no kernel")
    }
    let x = planner.place(.activation(operand))
    let gradient = planner.makeGradient(
      .lossGradient(operand, loss: index), of: operand, by: planner.hasParts(operand) ? "loss" : nil
    )
    let blockLosses = planner.makeBuffer(
      "block_losses\(Loss.suffix(index))", .numbers([planner.blocks]))
    planner.blockLosses.append(blockLosses)
    let count = model.shape(of: operand).elementCount
    let site = LossSite(
      index: index, weight: loss.weight, outputs: count, isMean: loss.reduction == .mean,
      target: planner.access(to: loss.target), x: x, gradient: gradient, blockLosses: blockLosses)
    planner.add(
      "loss_\(function.keyword)", layers: [], .loss, .perBlock(1), function.kernel(site),
      [.read(x), site.target.effect, .write(gradient), .write(blockLosses)],
      operations: Double(5 * count))
    if let mixing = model.mixing, planner.options.purpose != .evaluation {
      planner.mix(site, by: mixing, function, of: operand)
    }
  }
}
