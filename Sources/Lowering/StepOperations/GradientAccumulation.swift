import IR

/// Adds the gradient of a pass to those of the passes before, where all of them are wanted at once.
struct GradientAccumulation: GraphOperation {
  let label = "accumulate"
  let tensor: TensorID

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let gradient = planner.place(node.operands[0])
    let count = planner.model.declaration(of: tensor).elementCount
    let name = planner.model.layers[tensor.layer].name
    planner.add(
      "\(name)_\(tensor.role.rawValue)_accumulate", layers: [tensor.layer], .backward, .serial,
      GradientAccumulationKernel(tensor: tensor, count: count, gradient: gradient),
      [.read(gradient), .update(.slots(tensor))],
      operations: Double(2 * count) / Double(planner.model.training.batch))
  }
}

/// Adds a gradient to a sum.
struct GradientAccumulationKernel: KernelSpec {
  let tensor: TensorID
  let count: Int
  let gradient: BufferID

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    GradientAccumulationContext(
      name: names.function(kernel),
      tensor: "\(names.layer(tensor.layer)).\(tensor.role.rawValue)",
      source: names.line(of: tensor.layer), gradient: names.buffer(gradient), count: count,
      sum: names.gradientSum(of: tensor), weighs: names.plan.model.reduction == .mean)
  }
}

struct GradientAccumulationContext: TemplateContext {
  var template: String { "StepOperations/accumulate.c.mustache" }
  let name, tensor, source, gradient: String
  let count: Int
  let sum: String
  /// Whether the loss is a mean, and a pass counts by its examples.
  let weighs: Bool
}

extension CodegenContext {
  /// C for where the gradients of the passes of a step are added up.
  func gradientSum(of tensor: TensorID) -> String {
    let optimizer = plan.model.optimizer(of: tensor.role, in: tensor.layer)
    return "slot_of(s, \(parameter(tensor)), \(optimizer.gradientSumIndex ?? 0))"
  }
}
