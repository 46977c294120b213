import IR
import Lowering

/// What fills in the function that adds up what the loss adds for parameters.
struct PenaltyContext: TemplateContext {
  var template: String { "Losses/penalty.c.mustache" }
  let source: String
  let terms: [Term]

  /// One parameter of one penalty.
  struct Term: Sendable {
    let name, formula, member, cost: String
    let count: Int
  }

  /// nil where the loss adds nothing.
  init?(_ names: CodegenContext) {
    let model = names.plan.model
    source = "\(names.source):\(model.losses[0].range.lower.line)"
    terms = model.layers.indices.flatMap { index in
      model.parameters(of: index).flatMap { declaration in
        model.penalties(on: declaration.role, of: index).map { penalty in
          Term(
            name: "\(names.layer(index)).\(declaration.name)", formula: penalty.cost.formula,
            member: names.member(TensorID(layer: index, role: declaration.role)),
            cost: names.double(penalty.cost), count: declaration.elementCount)
        }
      }
    }
    if terms.isEmpty { return nil }
  }

  /// C for what a penalty, `one`, adds to the sum of the losses of `count` examples: a mean is
  /// multiplied by them, so that the sum divided by them is the mean and the penalty.
  static func sum(_ names: CodegenContext, count: String, one: String) -> String? {
    guard PenaltyContext(names) != nil else { return nil }
    return names.plan.model.reduction == .mean ? "\(count) * \(one)" : one
  }
}
