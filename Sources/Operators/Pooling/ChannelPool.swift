import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a pool of `x`, whose channels are in the lanes.
  mutating func planPool(_ operation: PoolOperation, _ node: Graph.Node, of x: ChannelValue) {
    let y = makeChannelResult(of: node)
    addForward(
      node, .serial,
      ChannelPool(
        pooling: operation.pooling, window: operation.window, input: x.layout, output: y.layout,
        x: x.buffer, y: y.buffer),
      operations: Double(y.layout.positions * y.layout.channels))
  }
}

/// A pool, channels in the lanes.
package struct ChannelPool: KernelForm {
  package var pooling: Pooling
  package var window: Window
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var x: BufferID
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  package func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ChannelPoolContext(self, kernel: kernel, names: names)
  }
}

struct ChannelPoolContext: TemplateContext {
  var template: String { "Pooling/inference.c.mustache" }
  let name, layer, source, formula, xShape, yShape, dimensions, rowIndex, columnIndex: String
  let share, x, y: String
  let average, padding: Bool

  init(_ form: ChannelPool, kernel: Kernel, names: Naming) {
    let window = form.window
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.formula(of: layer)
    xShape = ChannelNames.shape(form.input)
    yShape = ChannelNames.shape(form.output)
    dimensions = CText.dimensions([
      ("H", form.input.height), ("W", form.input.width), ("OH", form.output.height),
      ("OW", form.output.width), ("V", form.output.stride / names.plan.lanes),
      ("K", window.kernel), ("S", window.stride), ("P", window.padding),
    ])
    rowIndex = ChannelNames.position("i", "ky", window)
    columnIndex = ChannelNames.position("j", "kx", window)
    share = CText.real(1 / Double(window.kernel * window.kernel))
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    average = form.pooling == .average
    padding = window.padding > 0
  }
}
