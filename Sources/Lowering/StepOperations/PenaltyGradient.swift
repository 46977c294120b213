import IR

/// Adds the slope of what the loss adds for a parameter to the parameter's gradient, where that
/// lies.
struct PenaltyGradient: GraphOperation {
  let label = "penalty_gradient"
  let tensor: TensorID
  /// The slope by the parameter `p`.
  let slope: ScalarExpression

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let name = planner.model.layers[tensor.layer].name
    let count = planner.model.declaration(of: tensor).elementCount
    let destination: GradientDestination
    let effect: Effect
    if planner.keepsGradientsInRegion {
      (destination, effect) = (.region, .update(.gradient(tensor)))
    } else {
      let buffer = planner.place(.parameterGradient(tensor))
      planner.put(.penalizedGradient(tensor), at: buffer)
      (destination, effect) = (.buffer(buffer), .update(.buffer(buffer)))
    }
    planner.add(
      "\(name)_\(tensor.role.rawValue)_penalty_gradient", layers: [tensor.layer], .backward,
      .serial,
      PenaltyGradientKernel(tensor: tensor, slope: slope, count: count, destination: destination),
      [.read(.parameter(tensor)), effect],
      operations: Double(2 * count) / Double(planner.model.training.batch))
  }
}

/// What a loss adds for a parameter, as a part of the parameter's gradient.
struct PenaltyGradientKernel: KernelSpec {
  let tensor: TensorID
  let slope: ScalarExpression
  let count: Int
  let destination: GradientDestination

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    PenaltyGradientContext(
      name: names.function(kernel),
      tensor: "\(names.layer(tensor.layer)).\(tensor.role.rawValue)",
      source: "\(names.source):\(names.plan.model.losses[0].range.lower.line)",
      formula: slope.formula, parameter: names.parameter(tensor),
      gradient: names.place(of: tensor, destination), count: count,
      // What is added to a sum is added once a step.
      inLastPass: destination != .region && names.plan.model.training.accumulated > 1
        && names.plan.model.reduction == .sum,
      // Each process adds its share, and their sum is the slope.
      share: names.plan.joinsProcesses,
      slope: names.scalar(slope, ["p": "p[k]"]))
  }
}

struct PenaltyGradientContext: TemplateContext {
  var template: String { "StepOperations/penalty_gradient.c.mustache" }
  let name, tensor, source, formula, parameter, gradient: String
  let count: Int
  let inLastPass: Bool
  /// Whether it is added by several processes.
  let share: Bool
  let slope: String
}
