import IR

/// What clipping makes of the norm of all gradients: the factor by which the updates multiply them.
/// The squares are added in one order, so that the number of threads makes no difference.
struct GradientNorm: GraphOperation {
  let label = "gradient_norm"
  /// The factor, of `norm`.
  let factor: ScalarExpression

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let gradients = node.operands.map { planner.place($0) }
    let result = planner.makeBuffer("gradient_factor", .numbers([1]))
    planner.put(node.results[0], at: result)
    let count = gradients.reduce(0) { $0 + planner.elementCount(of: $1) }
    planner.add(
      "gradient_norm", layers: [], .backward, .serial,
      GradientNormKernel(factor: factor, gradients: gradients, result: result),
      gradients.map { .read($0) } + [.write(result)],
      operations: Double(2 * count) / Double(planner.model.training.batch))
  }
}

extension KernelPlanner {
  /// Numbers of a buffer that is no lane's.
  fileprivate func elementCount(of buffer: BufferID) -> Int {
    guard case .numbers(let dimensions) = buffers[buffer.index].layout else { return 0 }
    return dimensions.reduce(1, *)
  }
}

/// The norm of all gradients.
struct GradientNormKernel: KernelSpec {
  let factor: ScalarExpression
  let gradients: [BufferID]
  let result: BufferID

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    GradientNormContext(
      name: names.function(kernel), formula: factor.formula,
      gradients: gradients.map { id in
        GradientNormContext.Gradient(
          place: names.buffer(id), count: names.plan.elementCount(of: names.plan[id]))
      },
      factor: names.double(factor), result: names.buffer(result))
  }
}

struct GradientNormContext: TemplateContext {
  var template: String { "StepOperations/gradient_norm.c.mustache" }
  let name, formula: String
  let gradients: [Gradient]
  let factor, result: String

  /// Where the numbers of a gradient are.
  struct Gradient: Sendable {
    let place: String
    let count: Int
  }
}
