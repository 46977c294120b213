import IR
import Lowering

/// What fills in the function that moves a whole parameter along its gradient.
struct TensorUpdateContext: TemplateContext {
  var template: String { "Training/tensor_update.c.mustache" }
  let keyword, update: String
  /// The patterns of those that it is for; nil where it is for all.
  let parameters: String?
  /// What each number does first, what is worked out of all of them, what each does at last.
  let formulas, wholeFormulas, lastFormulas: [String]
  let slots: [OptimizerContext.SlotContext]
  let statements, scalars, lastStatements: [String]
  /// Whether the gradient comes with a factor.
  let hasFactor: Bool
  /// The function that makes the direction orthogonal; nil where none does.
  let orthogonalize: String?
  let readsParameterNorm, readsDirectionNorm: Bool

  /// - Parameter index: Which of the model's optimizers; nil where it moves number by number.
  init?(_ names: CodegenContext, _ index: Int) {
    let training = names.plan.model.training
    let optimizer = training.optimizers[index]
    guard let step = optimizer.tensorStep else { return nil }
    keyword = optimizer.keyword
    update = names.update(by: index)
    parameters = training.patterns(ofOptimizer: index)
    formulas = OptimizerContext.formulas(optimizer.scalars + optimizer.updates)
    wholeFormulas = OptimizerContext.formulas(step.scalars)
    lastFormulas = OptimizerContext.formulas(step.updates)
    let all = optimizer.updates + step.updates
    slots = OptimizerContext.slots(of: optimizer, in: all)
    var values = ["p": "p[k]", "g": "g[k]"]
    for slot in optimizer.slots { values[slot.name] = "\(slot.name)[k]" }
    for (name, field) in OptimizerNumbers(training, index).names { values[name] = "s->\(field)" }
    statements = OptimizerContext.statements(optimizer.updates, values, names)
    for scalar in step.scalars { values[scalar.name] = scalar.name }
    lastStatements = OptimizerContext.statements(step.updates, values, names)
    let sizes: [String: ScalarExpression] = [
      "rows": .variable("(double)rows"), "columns": .variable("(double)columns"),
    ]
    scalars = step.scalars.map { scalar in
      let value = names.double(scalar.value.inlined.substituting(sizes))
      return "const real \(scalar.name) = (real)(\(value));"
    }
    hasFactor = training.clipping?.factor != nil
    orthogonalize = step.orthogonalization.map { _ in OrthogonalizationContext.name(index) }
    let read = Set(step.scalars.flatMap { $0.value.inlined.variables })
    readsParameterNorm = read.contains("parameter_norm")
    readsDirectionNorm = read.contains("direction_norm")
  }
}

/// What fills in the function that makes a matrix orthogonal.
struct OrthogonalizationContext: TemplateContext {
  var template: String { "Training/orthogonalize.c.mustache" }
  let name: String
  let steps: Int
  let first, second, third, epsilon: String

  init?(_ names: CodegenContext, _ index: Int) {
    let optimizer = names.plan.model.training.optimizers[index]
    guard let orthogonalization = optimizer.tensorStep?.orthogonalization else { return nil }
    name = Self.name(index)
    steps = orthogonalization.steps
    let coefficients = orthogonalization.coefficients.map(CText.real)
    (first, second, third) = (coefficients[0], coefficients[1], coefficients[2])
    epsilon = CText.double(orthogonalization.epsilon)
  }

  /// The C function of one of a model's optimizers.
  static func name(_ index: Int) -> String {
    "orthogonalize\(CodegenContext.suffix(ofOptimizer: index))"
  }
}
