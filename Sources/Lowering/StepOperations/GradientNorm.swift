import IR

/// What clipping makes of the norm of all gradients: the factor by which the updates multiply them.
/// The squares are added in one order, so that the number of threads makes no difference.
struct GradientNorm: GraphOperation {
  let label = "gradient_norm"
  /// The factor, of `norm`.
  let factor: ScalarExpression

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let gradients = node.operands.map { planner.gradientPlace($0) }
    let result = planner.makeBuffer("gradient_factor", .numbers([1]))
    planner.put(node.results[0], at: result)
    let count = gradients.reduce(0) { $0 + $1.count }
    planner.add(
      "gradient_norm", layers: [], .backward, .serial,
      GradientNormKernel(factor: factor, gradients: gradients, result: result),
      gradients.map(\.effect) + [.write(result)],
      operations: Double(2 * count) / Double(planner.model.training.batch))
  }
}

/// Where a parameter's gradient lies that an update goes along.
struct GradientPlace: Hashable, Sendable {
  /// The buffer of a pass's; nil of what several passes have added up to, which the optimizer keeps.
  let buffer: BufferID?
  let tensor: TensorID
  let count: Int

  /// Reading it.
  var effect: Effect { buffer.map { .read($0) } ?? .read(.slots(tensor)) }

  /// C for its first number.
  func text(_ names: CodegenContext) -> String {
    buffer.map { "s->scratch + \(names.buffer($0))" } ?? names.gradientSum(of: tensor)
  }
}

extension KernelPlanner {
  /// Where `gradient` lies.
  func gradientPlace(_ gradient: GraphValue) -> GradientPlace {
    switch gradient {
    case .parameterGradient(let tensor), .penalizedGradient(let tensor):
      GradientPlace(
        buffer: place(gradient), tensor: tensor,
        count: model.declaration(of: tensor).elementCount)
    case .gradientSum(let tensor):
      GradientPlace(
        buffer: nil, tensor: tensor, count: model.declaration(of: tensor).elementCount)
    default: fatalError("\(graph.name(gradient)) is no parameter's gradient")
    }
  }
}

/// The norm of all gradients.
struct GradientNormKernel: KernelSpec {
  let factor: ScalarExpression
  let gradients: [GradientPlace]
  let result: BufferID

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    GradientNormContext(
      name: names.function(kernel), formula: factor.formula,
      gradients: gradients.map {
        GradientNormContext.Gradient(place: $0.text(names), count: $0.count)
      },
      inLastPass: gradients.contains { $0.buffer == nil },
      factor: names.double(factor), result: names.buffer(result))
  }
}

struct GradientNormContext: TemplateContext {
  var template: String { "StepOperations/gradient_norm.c.mustache" }
  let name, formula: String
  let gradients: [Gradient]
  let inLastPass: Bool
  let factor, result: String

  /// Where the numbers of a gradient are.
  struct Gradient: Sendable {
    let place: String
    let count: Int
  }
}
