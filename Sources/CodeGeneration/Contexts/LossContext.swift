import IR
import Lowering

/// What fills in the template of any loss.
struct LossContext: TemplateContext {
  let template: String
  let name, source, x, gradient, blockLosses, mean, share: String
  let outputs: Int
  let isMean, hasClasses: Bool

  init(_ kernel: LossForm, name: String, names: Naming) {
    let model = names.plan.model
    template = "\(model.loss.kind.rawValue).c.mustache"
    self.name = name
    source = "\(names.source):\(model.loss.range.lower.line)"
    x = names.buffer(kernel.x)
    gradient = names.buffer(kernel.gradient)
    blockLosses = names.plan.blockLosses.map(names.buffer) ?? ""
    outputs = kernel.outputs
    isMean = kernel.isMean
    hasClasses = if case .classes = model.target.kind { true } else { false }
    // Each output counts as its share of the mean over the outputs, and its gradient as that share of
    // the mean over the examples, where the model asks for it.
    mean = CText.real(1 / Double(kernel.outputs))
    share = kernel.isMean ? "\(mean) / (real)s->count" : mean
  }
}
