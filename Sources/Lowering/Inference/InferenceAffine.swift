import IR

extension ChannelAffineOperation {
  /// The kernel of an inference for an operation that is a factor and an offset for each channel.
  package func planInference(_ index: Int, in planner: inout InferencePlanner) {
    let x = planner.place(planner.model.layers[index].operands[0])
    let y = planner.makeResult(of: index)
    planner.add(
      "forward", layer: index, .serial,
      InferenceAffine(
        input: x.layout, output: y.layout, steps: planner.preparation(index),
        activation: planner.activation(of: index), x: x.buffer, y: y.buffer),
      operations: Double(2 * y.layout.positions * y.layout.channels))
  }
}

/// A factor and an offset for each channel, where they follow nothing that they could be folded into.
package struct InferenceAffine: InferenceForm {
  /// Rows and columns of x; they may be more than those of the result.
  package var input: ChannelLayout
  package var output: ChannelLayout
  /// What makes the factor and the offset.
  package var steps: Preparation
  package var activation: ScalarFunction?
  package var x: BufferID
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  package var preparation: Preparation? { steps }

  package var functions: [ScalarFunction] { activation.map { [$0] } ?? [] }

  package func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    InferenceAffineContext(self, kernel: kernel, names: names)
  }
}

struct InferenceAffineContext: TemplateContext {
  var template: String { "Inference/affine.c.mustache" }
  let name, layers, source, shape, member, x, y: String
  let formulas: [String]
  let height, width, inputWidth, vectors: Int
  let value: String

  init(_ form: InferenceAffine, kernel: Kernel, names: Naming) {
    let shared = InferenceNames(kernel.layers, names)
    name = names.function(kernel)
    layers = shared.layers
    source = shared.source
    formulas = shared.formulas(folded: false)
    shape = InferenceNames.shape(form.output)
    member = names.layer(form.steps.layer)
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    height = form.output.height
    width = form.output.width
    inputWidth = form.input.width
    vectors = form.steps.vectors
    value = form.activation.map { names.vector($0, ["moved"]) } ?? "moved"
  }
}
