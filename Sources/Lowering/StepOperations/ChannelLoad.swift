import IR

/// The example brought into `[height][width][stride]`: bytes scaled, numbers as they are.
package struct ChannelLoad: KernelForm {
  package var layout: ChannelLayout
  package var scale: Double
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(y, layout)] }

  package func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ChannelLoadContext(self, kernel: kernel, names: names)
  }
}

struct ChannelLoadContext: TemplateContext {
  var template: String { "StepOperations/channels_load.c.mustache" }
  let name, input, scale, y: String
  let channels, height, width, plane, stride: Int
  let padded: Bool

  init(_ form: ChannelLoad, kernel: Kernel, names: Naming) {
    name = names.function(kernel)
    input = names.plan.model.input.name
    scale = CText.real(form.scale)
    y = names.buffer(form.y)
    channels = form.layout.channels
    height = form.layout.height
    width = form.layout.width
    plane = form.layout.positions
    stride = form.layout.stride
    padded = stride > channels
  }
}
