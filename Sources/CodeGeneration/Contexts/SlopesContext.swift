import IR
import Lowering

/// The learned slopes that a kernel's result goes through at last, where nothing keeps what they are applied
/// to. They say whose doing a number is that is not finite.
struct SlopesContext: Sendable {
  /// The kernel's place in the schedule.
  let number: Int
  /// The layer that has them.
  let layer: Int
  /// Where they lie, and how many there are.
  let slope: String
  let count: Int

  /// nil of another kernel.
  init?(_ kernel: Kernel, number: Int, names: CodegenContext) {
    let plan = names.plan
    guard plan.options.purpose.foldsWeights, kernel.layers.count > 1, let last = kernel.layers.last,
      let operation = plan.model.layers[last].op.base as? any SlopedActivation
    else { return nil }
    let tensor = TensorID(layer: last, role: operation.slopeRole)
    self.number = number
    layer = last
    if let packed = kernel.spec.packedWeights, let vectors = packed.slopeArguments(names).first {
      slope = "(const real *)(const void *)\(vectors)"
      count = packed.vectors * plan.lanes
    } else {
      slope = names.parameter(tensor)
      count = plan.model.declaration(of: tensor).shape.reduce(1, *)
    }
  }
}
