import IR

extension KernelPlanner {
  /// Adds the kernel of `node` that computes `expression` number by number, channels in the lanes.
  mutating func addChannelMap(
    _ node: Graph.Node, _ expression: ScalarExpression,
    _ inputs: Zip2Sequence<[String], [ChannelValue]>
  ) {
    let y = makeChannelResult(of: node)
    addForward(
      node, .serial,
      ChannelMapKernel(
        expression: expression,
        inputs: inputs.map { .init(name: $0, buffer: $1.buffer, layout: $1.layout) },
        y: y.buffer, output: y.layout),
      operations: Double(y.layout.positions * y.layout.channels))
  }
}

/// Each number from its like in other values, channels in the lanes.
package struct ChannelMapKernel: KernelForm {
  package var expression: ScalarExpression
  package var inputs: [Input]
  package var y: BufferID
  package var output: ChannelLayout

  /// A value that is read, by its name in the expression.
  package struct Input: Hashable, Sendable {
    package var name: String
    package var buffer: BufferID
    package var layout: ChannelLayout
  }

  package var values: [(buffer: BufferID, layout: ChannelLayout)] {
    inputs.map { ($0.buffer, $0.layout) } + [(y, output)]
  }

  package var functions: [ScalarFunction] { expression.functions }

  package func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ChannelMapContext(self, kernel: kernel, names: names)
  }
}

struct ChannelMapContext: TemplateContext {
  var template: String { "Inference/elements.c.mustache" }
  let name, layers, source, shape, y, value: String
  let formulas: [String]
  let rows, row: Int
  let parts: [Part]

  struct Part: Sendable { let letter, buffer: String }

  init(_ form: ChannelMapKernel, kernel: Kernel, names: Naming) {
    let shared = ChannelNames(kernel.layers, names)
    name = names.function(kernel)
    layers = shared.layers
    source = shared.source
    formulas = shared.formulas(folded: false)
    let output = form.output
    shape = ChannelNames.shape(output)
    y = names.buffer(form.y)
    // Rows that follow each other without a gap in all values are one row.
    let vectors = output.stride / names.plan.lanes
    let isOneRow = form.inputs.allSatisfy { $0.layout.width == output.width }
    rows = isOneRow ? 1 : output.height
    row = output.width * vectors * (isOneRow ? output.height : 1)
    parts = form.inputs.map { Part(letter: $0.name, buffer: names.buffer($0.buffer)) }
    let terms = form.inputs.map { input in
      let pitch = input.layout.width == output.width ? "ROW" : "\(input.layout.width * vectors)"
      return (input.name, "\(input.name)[i * \(pitch) + k]")
    }
    value = names.vector(form.expression, Dictionary(uniqueKeysWithValues: terms))
  }
}
