import IR

/// Moves a parameter along its gradient: an own kernel only where the gradient was stored.
struct ParameterUpdate: GraphOperation {
  let label = "update"
  let tensor: TensorID

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let gradient = planner.place(node.operands[1])
    let factor = node.operands.count > 2 ? planner.place(node.operands[2]) : nil
    let count = planner.model.declaration(of: tensor).elementCount
    let name = planner.model.layers[tensor.layer].name
    planner.add(
      "\(name)_\(tensor.role.rawValue)_update", layers: [tensor.layer], .backward, .serial,
      UpdateKernel(tensor: tensor, count: count, gradient: gradient, factor: factor),
      [.read(gradient)] + (factor.map { [.read($0)] } ?? []) + [
        .update(.parameter(tensor)), .update(.slots(tensor)),
      ],
      operations: Double(2 * count) / Double(planner.model.training.batch))
  }
}

/// The optimizer's step for one parameter, where no other kernel does it.
struct UpdateKernel: KernelSpec {
  let tensor: TensorID
  let count: Int
  let gradient: BufferID
  /// What the gradient is multiplied by, where it is by anything.
  let factor: BufferID?

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    UpdateContext(
      name: names.function(kernel),
      tensor: "\(names.layer(tensor.layer)).\(tensor.role.rawValue)",
      source: names.line(of: tensor.layer), gradient: names.buffer(gradient),
      factor: factor.map { names.buffer($0) }, count: count,
      update: names.store(
        factor == nil ? "gradient[k]" : "factor * gradient[k]", into: names.parameter(tensor),
        at: "k",
        .update(by: names.plan.model.optimizerIndex(of: tensor.role, in: tensor.layer))))
  }
}

struct UpdateContext: TemplateContext {
  var template: String { "StepOperations/update.c.mustache" }
  let name, tensor, source, gradient: String
  let factor: String?
  let count: Int
  let update: String
}
