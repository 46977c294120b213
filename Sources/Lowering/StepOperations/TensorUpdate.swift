import IR

extension KernelPlanner {
  /// Adds the step of an optimizer that sees a parameter as a whole. It uses up the gradient, in whose
  /// place it leaves where the parameter went.
  mutating func addUpdate(
    of tensor: TensorID, _ step: TensorStep, along gradient: GradientPlace,
    times factor: BufferID?
  ) {
    let shape = model.declaration(of: tensor).shape
    let rows = shape[0]
    let columns = gradient.count / rows
    let name = "\(model.layers[tensor.layer].name)_\(tensor.role.rawValue)"
    let scratch = step.scratch(rows: rows, columns: columns)
    let work = scratch > 0 ? makeBuffer("\(name)_direction", .numbers([scratch])) : nil
    add(
      "\(name)_update", layers: [tensor.layer], .backward, .serial,
      TensorUpdateKernel(
        tensor: tensor, rows: rows, columns: columns, gradient: gradient, factor: factor,
        work: work),
      (gradient.isSum ? [] : [gradient.change]) + (factor.map { [.read($0)] } ?? [])
        + (work.map { [.write($0)] } ?? [])
        + [.update(.parameter(tensor)), .update(.slots(tensor))],
      operations: step.operations(rows: rows, columns: columns)
        / Double(model.training.batch))
  }
}

extension TensorStep {
  /// Multiply-adds of a step for a parameter of that many rows and columns.
  fileprivate func operations(rows: Int, columns: Int) -> Double {
    let (side, count) = (Double(min(rows, columns)), Double(rows * columns))
    let products = Double(orthogonalization?.steps ?? 0) * side * (2 * count + side * side)
    return 2 * count + products
  }
}

/// The step of an optimizer for one parameter as a whole.
struct TensorUpdateKernel: KernelSpec {
  let tensor: TensorID
  let rows, columns: Int
  let gradient: GradientPlace
  /// What the gradient is multiplied by, where it is by anything.
  let factor: BufferID?
  /// Scratch beside the gradient, where the step takes any.
  let work: BufferID?

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let optimizer = names.plan.model.optimizerIndex(of: tensor.role, in: tensor.layer)
    return TensorUpdateKernelContext(
      name: names.function(kernel),
      tensor: "\(names.layer(tensor.layer)).\(tensor.role.rawValue)",
      source: names.line(of: tensor.layer), parameter: names.parameter(tensor),
      gradient: gradient.text(names), factor: factor.map { names.buffer($0) },
      work: work.map { names.buffer($0) }, rows: rows, columns: columns,
      isSum: gradient.isSum, update: names.update(by: optimizer))
  }
}

struct TensorUpdateKernelContext: TemplateContext {
  var template: String { "StepOperations/tensor_update.c.mustache" }
  let name, tensor, source, parameter, gradient: String
  let factor, work: String?
  let rows, columns: Int
  /// Whether it is what several passes have added up to.
  let isSum: Bool
  let update: String
}
