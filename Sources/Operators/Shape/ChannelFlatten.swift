import IR
import Lowering

/// An image as a vector in the order of the model, channels outermost; only where something other
/// than a dense layer reads it, whose weight `prepare` reorders instead.
package struct ChannelFlatten: KernelForm {
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var x: BufferID
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  package func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ChannelFlattenContext(self, kernel: kernel, names: names)
  }
}

struct ChannelFlattenContext: TemplateContext {
  var template: String { "Shape/inference_flatten.c.mustache" }
  let name, layer, source, formula, xShape, yShape, x, y: String
  let channels, plane, stride, end: Int

  init(_ form: ChannelFlatten, kernel: Kernel, names: Naming) {
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.formula(of: layer)
    xShape = ChannelNames.shape(form.input)
    yShape = "[\(form.output.stride)]"
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    channels = form.input.channels
    plane = form.input.positions
    stride = form.input.stride
    end = form.output.stride
  }
}
