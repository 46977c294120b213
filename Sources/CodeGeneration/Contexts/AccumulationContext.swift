import IR
import Lowering

/// What fills in the functions that add up the gradients of the passes of a step.
struct AccumulationContext: TemplateContext {
  var template: String { "Training/accumulate.c.mustache" }
  let update, updateRow, take, takeRow, takeEnd: String
  let slot: Int
  /// Whether rows of parameters take gradients too.
  let usesRow: Bool
  /// Whether the loss is a mean, and a pass counts by its examples.
  let weighs: Bool

  /// - Parameter index: Which of the model's optimizers.
  init(_ names: CodegenContext, _ index: Int, usesRow: Bool) {
    let model = names.plan.model
    update = names.update(by: index)
    updateRow = names.update(by: index, "_row")
    take = names.taking(by: index)
    takeRow = names.taking(by: index, "_row")
    takeEnd = names.taking(by: index, "_end")
    slot = model.training.optimizers[index].gradientSumIndex ?? 0
    self.usesRow = usesRow
    weighs = model.reduction == .mean
  }
}
