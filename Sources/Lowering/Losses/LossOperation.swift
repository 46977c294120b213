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
  /// Numbers of one example that the loss reads.
  package var outputs: Int
  /// Whether the gradient is divided by the number of examples.
  package var isMean: Bool
  /// Whether the target is a class.
  package var hasClasses: Bool
  package var x: BufferID
  package var gradient: BufferID
  /// One number per block.
  package var blockLosses: BufferID
}

/// Where an inference computes a loss.
package struct LossEvaluation: Sendable {
  package let names: CodegenContext
  package let outputs: Int
  /// Whether the examples' losses become their mean.
  package let isMean: Bool
  /// Numbers of a channel of what the loss reads, and from one of these to the next.
  private let plane, stride: Int
  /// C for the class of the example.
  package let label: String
  /// C for the example's target of number `k`.
  package let target: String

  package init(
    names: CodegenContext, outputs: Int, isMean: Bool, plane: Int, stride: Int, label: String,
    target: String
  ) {
    self.names = names
    self.outputs = outputs
    self.isMean = isMean
    self.plane = plane
    self.stride = stride
    self.label = label
    self.target = target
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

/// The loss and the gradient of its operand.
struct LossOperation: GraphOperation {
  let label = "loss"

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let model = planner.model
    let loss = planner.graph.loss
    let operand = loss.operand
    guard let function = loss.function.base as? any LoweredLoss else {
      fatalError("\(loss.function.base.keyword) has no kernel")
    }
    let x = planner.place(.activation(operand))
    let gradient = planner.makeGradient(
      .lossGradient(operand), of: operand, by: planner.hasParts(operand) ? "loss" : nil)
    let blockLosses = planner.makeBuffer("block_losses", .numbers([planner.blocks]))
    planner.blockLosses = blockLosses
    let count = model.shape(of: operand).elementCount
    let site = LossSite(
      outputs: count, isMean: loss.reduction == .mean,
      hasClasses: model.target.kind.classCount > 0, x: x, gradient: gradient,
      blockLosses: blockLosses)
    planner.add(
      "loss_\(function.keyword)", layers: [], .loss, .perBlock(1), function.kernel(site),
      [.read(x), .read(.target), .write(gradient), .write(blockLosses)],
      operations: Double(5 * count))
  }
}
