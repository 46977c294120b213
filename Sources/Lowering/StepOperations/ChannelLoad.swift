import IR

/// The example brought into `[height][width][stride]`: bytes scaled, numbers as they are or scaled
/// too.
package struct ChannelLoad: KernelSpec {
  /// Which input.
  package var input: Int
  package var layout: ChannelLayout
  package var scale: Double
  package var scalesReals = false
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(y, layout)] }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    if let embedding = names.plan.options.embedding {
      return EmbeddedLoadContext(self, embedding, kernel: kernel, names: names)
    }
    return ChannelLoadContext(self, kernel: kernel, names: names)
  }
}

struct ChannelLoadContext: TemplateContext {
  var template: String { "StepOperations/channels_load.c.mustache" }
  let name, input, scale, y: String
  let index, channels, height, width, plane, numbers, stride: Int
  let padded, scalesReals: Bool

  init(_ spec: ChannelLoad, kernel: Kernel, names: CodegenContext) {
    name = names.function(kernel)
    index = spec.input
    input = names.plan.model.inputs[index].name
    scale = CText.real(spec.scale)
    scalesReals = spec.scalesReals && spec.scale != 1
    y = names.buffer(spec.y)
    channels = spec.layout.channels
    height = spec.layout.height
    width = spec.layout.width
    plane = spec.layout.positions
    numbers = spec.layout.numbers
    stride = spec.layout.stride
    padded = numbers > channels
  }
}

/// What fills in the load of a network that stands alone, of numbers of one type.
struct EmbeddedLoadContext: TemplateContext {
  var template: String { "Frozen/channels_load.c.mustache" }
  let name, input, type, member, y, number: String
  let scale: String?
  let channels, height, width, plane, numbers, stride: Int
  let padded: Bool

  init(
    _ spec: ChannelLoad, _ embedding: PlanOptions.Embedding, kernel: Kernel, names: CodegenContext
  ) {
    name = names.function(kernel)
    input = names.plan.model.inputs[spec.input].name
    member = names.input(spec.input)
    let isBytes = embedding == .bytes
    type = isBytes ? "uint8_t" : "float"
    number = isBytes ? "(real)x[c * PLANE + k]" : "x[c * PLANE + k]"
    scale = spec.scale != 1 && (isBytes || spec.scalesReals) ? CText.real(spec.scale) : nil
    y = names.buffer(spec.y)
    channels = spec.layout.channels
    height = spec.layout.height
    width = spec.layout.width
    plane = spec.layout.positions
    numbers = spec.layout.numbers
    stride = spec.layout.stride
    padded = numbers > channels
  }
}
