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
  let kind: Kind
  let tensor: TensorID
  let count: Int

  enum Kind: Hashable, Sendable {
    /// In scratch.
    case buffer(BufferID)
    /// In the region of gradients.
    case region
    /// What several passes have added up to: the optimizer keeps it.
    case sum
  }

  /// Whether it is what several passes have added up to.
  var isSum: Bool { kind == .sum }

  /// Where it lies.
  private var resource: Resource {
    switch kind {
    case .buffer(let buffer): .buffer(buffer)
    case .region: .gradient(tensor)
    case .sum: .slots(tensor)
    }
  }

  /// Reading it.
  var effect: Effect { .read(resource) }

  /// Using it up.
  var change: Effect { .update(resource) }

  /// C for its first number.
  func text(_ names: CodegenContext) -> String {
    switch kind {
    case .buffer(let buffer): names.place(of: tensor, .buffer(buffer))
    case .region: names.place(of: tensor, .region)
    case .sum: names.gradientSum(of: tensor)
    }
  }
}

extension KernelPlanner {
  /// Where `gradient` lies.
  func gradientPlace(_ gradient: GraphValue) -> GradientPlace {
    let (kind, tensor): (GradientPlace.Kind, TensorID) =
      switch gradient {
      case .parameterGradient(let tensor), .penalizedGradient(let tensor):
        (.buffer(place(gradient)), tensor)
      case .gradientSum(let tensor): (.sum, tensor)
      case .processSum(let tensor): (keepsGradientsInRegion ? .region : .sum, tensor)
      default: fatalError("\(graph.name(gradient)) is no parameter's gradient")
      }
    return GradientPlace(
      kind: kind, tensor: tensor, count: model.declaration(of: tensor).elementCount)
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
      inLastPass: gradients.contains(where: \.isSum),
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
