import IR

/// Moves a parameter along its gradient: an own kernel only where the gradient was stored.
struct ParameterUpdate: GraphOperation {
  let label = "update"
  let tensor: TensorID

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let gradient = planner.gradientPlace(node.operands[1])
    let factor = node.operands.count > 2 ? planner.place(node.operands[2]) : nil
    let count = planner.model.declaration(of: tensor).elementCount
    let name = planner.model.layers[tensor.layer].name
    let optimizer = planner.model.optimizer(of: tensor.role, in: tensor.layer)
    if let step = optimizer.tensorStep {
      return planner.addUpdate(of: tensor, step, along: gradient, times: factor)
    }
    planner.add(
      "\(name)_\(tensor.role.rawValue)_update", layers: [tensor.layer], .backward,
      count > UpdateKernel.piece
        ? .fixed((count + UpdateKernel.piece - 1) / UpdateKernel.piece) : .serial,
      UpdateKernel(tensor: tensor, count: count, gradient: gradient, factor: factor),
      (gradient.isSum ? [] : [gradient.effect]) + (factor.map { [.read($0)] } ?? [])
        + [
          .update(.parameter(tensor)), .update(.slots(tensor)),
        ],
      operations: Double(2 * count) / Double(planner.model.training.batch))
  }
}

/// The optimizer's step for one parameter, where no other kernel does it.
struct UpdateKernel: KernelSpec {
  let tensor: TensorID
  let count: Int
  let gradient: GradientPlace
  /// What the gradient is multiplied by, where it is by anything.
  let factor: BufferID?

  /// How many numbers a task moves; fewer are one task.
  static let piece = 8192

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let optimizer = names.plan.model.optimizerIndex(of: tensor.role, in: tensor.layer)
    let parameter = names.parameter(tensor)
    let product = factor == nil ? "" : "factor * "
    let (value, row) = (product + "gradient[k]", product + "(vec)*row")
    let isSum = gradient.isSum
    return UpdateContext(
      name: names.function(kernel),
      tensor: "\(names.layer(tensor.layer)).\(tensor.role.rawValue)",
      source: names.line(of: tensor.layer), gradient: gradient.text(names),
      factor: factor.map { names.buffer($0) }, count: count,
      piece: count > Self.piece ? Self.piece : nil, isSum: isSum,
      update: isSum
        ? names.update(by: optimizer) + "(&\(parameter)[k], \(value), s);"
        : names.store(value, into: parameter, at: "k", .update(by: optimizer)),
      updateRow: count < names.plan.lanes
        ? nil
        : isSum
          ? names.update(by: optimizer, "_row") + "(&\(parameter)[k], \(row), LANES, s);"
          : names.storeRow(
            row, into: parameter, at: "k", count: "LANES", .update(by: optimizer)))
  }
}

struct UpdateContext: TemplateContext {
  var template: String { "StepOperations/update.c.mustache" }
  let name, tensor, source, gradient: String
  let factor: String?
  let count: Int
  /// How many numbers a task moves; nil where one moves all.
  let piece: Int?
  /// Whether it is what several passes have added up to.
  let isSum: Bool
  let update: String
  /// Nil where the parameter has fewer numbers than a vector.
  let updateRow: String?
}
