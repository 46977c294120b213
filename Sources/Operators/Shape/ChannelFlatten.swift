import IR
import Lowering

/// An image as a vector in the order of the model, channels outermost; only where something other
/// than a dense layer reads it, whose weight `prepare` reorders instead.
package struct ChannelFlatten: KernelSpec {
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var x: BufferID
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ChannelKernelContext(
      kernel, names, shapes: "x \(input.text), y [\(output.numbers)]",
      call: CText.call(
        shared.name(SharedText.flatten),
        [input.channels, input.positions, input.stride, output.numbers].map(String.init)
          + ["s->scratch + \(names.buffer(x))", "s->scratch + \(names.buffer(y))"]))
  }
}

extension SharedText {
  /// The function of the kernel.
  fileprivate static let flatten = SharedText(
    "flatten", template: "Shape/channels_flatten_task.c.mustache")
}
