import IR
import Lowering

extension AveragePool: InferenceOperation {}
extension MaxPool: InferenceOperation {}

extension PoolingOperation {
  /// The kernel of an inference.
  package func planInference(_ index: Int, in planner: inout InferencePlanner) {
    let x = planner.place(planner.model.layers[index].operands[0])
    let y = planner.makeResult(of: index)
    planner.add(
      "forward", layer: index, .serial,
      InferencePool(
        pooling: pooling, window: window, input: x.layout, output: y.layout, x: x.buffer,
        y: y.buffer),
      operations: Double(y.layout.positions * y.layout.channels))
  }
}

/// A pool of one example.
package struct InferencePool: InferenceForm {
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
    InferencePoolContext(self, kernel: kernel, names: names)
  }
}

struct InferencePoolContext: TemplateContext {
  var template: String { "Pooling/inference.c.mustache" }
  let name, layer, source, formula, xShape, yShape, dimensions, rowIndex, columnIndex: String
  let share, x, y: String
  let average, padding: Bool

  init(_ form: InferencePool, kernel: Kernel, names: Naming) {
    let window = form.window
    let layer = kernel.head
    name = names.function(kernel)
    self.layer = names.layer(layer)
    source = names.line(of: layer)
    formula = names.formula(of: layer)
    xShape = InferenceNames.shape(form.input)
    yShape = InferenceNames.shape(form.output)
    dimensions = CText.dimensions([
      ("H", form.input.height), ("W", form.input.width), ("OH", form.output.height),
      ("OW", form.output.width), ("V", form.output.stride / names.plan.lanes),
      ("K", window.kernel), ("S", window.stride), ("P", window.padding),
    ])
    rowIndex = InferenceNames.position("i", "ky", window)
    columnIndex = InferenceNames.position("j", "kx", window)
    share = CText.real(1 / Double(window.kernel * window.kernel))
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    average = form.pooling == .average
    padding = window.padding > 0
  }
}
