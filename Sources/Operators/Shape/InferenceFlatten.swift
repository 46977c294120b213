import IR
import Lowering

extension Flatten: InferenceOperation {
  package func planInference(_ index: Int, in planner: inout InferencePlanner) {
    let x = planner.place(planner.model.layers[index].operands[0])
    let result = ValueID.result(of: index)
    // A flattened image may lie as it lay where one pixel is all there is, or where only weights'
    // order depends on it.
    if x.layout.positions == 1 || planner.isReadNumberByNumber(result) {
      planner.put(result, at: x)
      return
    }
    let y = planner.makeResult(of: index)
    planner.add(
      "forward", layer: index, .serial,
      InferenceFlatten(input: x.layout, output: y.layout, x: x.buffer, y: y.buffer), operations: 0)
  }
}

/// An image as a vector in the order of the model, channels outermost; only where something other
/// than a dense layer reads it, whose weight `prepare` reorders instead.
package struct InferenceFlatten: InferenceForm {
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var x: BufferID
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  package func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    InferenceFlattenContext(self, kernel: kernel, names: names)
  }
}

struct InferenceFlattenContext: TemplateContext {
  var template: String { "Shape/inference_flatten.c.mustache" }
  let name, layer, source, formula, xShape, yShape, x, y: String
  let channels, plane, stride, end: Int

  init(_ form: InferenceFlatten, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.formula(of: layer)
    xShape = InferenceNames.shape(form.input)
    yShape = "[\(form.output.stride)]"
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    channels = form.input.channels
    plane = form.input.positions
    stride = form.input.stride
    end = form.output.stride
  }
}
