import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a pool of `x`, whose channels are in the lanes.
  mutating func planPool(_ operation: PoolOperation, _ node: Graph.Node, of x: ChannelValue) {
    guard let index = node.head else { return }
    let geometry = geometry(of: index, operation.pooling)
    let y = makeChannelResult(of: node)
    addForward(
      node, .serial,
      ChannelPool(
        pool: geometry, activation: operation.activation, input: x.layout, output: y.layout,
        slopes: slopes(of: node, operation.activation), x: x.buffer, y: y.buffer),
      operations: Double(y.layout.positions * y.layout.channels * geometry.window.taps))
  }
}

/// A pool, channels in the lanes.
package struct ChannelPool: KernelSpec {
  /// The pool of the whole value, of which only what something reads may be there.
  package var pool: PoolGeometry
  /// What each number goes through.
  package var activation: Activation?
  package var input: ChannelLayout
  package var output: ChannelLayout
  /// What brings the activation's slopes into vectors of channels; nil where it has none.
  package var slopes: PackedWeights?
  package var x: BufferID
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  package var functions: [ScalarFunction] { activation.functions }

  package var packedWeights: PackedWeights? { slopes }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let average = pool.pooling.isAverage
    var present = pool
    (present.height, present.width) = (input.height, input.width)
    (present.outputHeight, present.outputWidth) = (output.height, output.width)
    // What is there may have no windows of another size where the whole has.
    if average, pool.divisor == nil { shared.define(.covered) }
    shared.define(.pitch)
    let lanes = names.plan.lanes
    let sizes = present.sizes(kernel.head, names, sharing: &shared)
    let function = shared.name(
      ChannelPoolTask(
        stem: (average ? "avgpool" : "maxpool") + activation.suffix + "_forward",
        average: average, varies: average && pool.divisor == nil,
        what: average ? "The mean" : "The largest number", slope: slopes != nil,
        value: names.activated(average ? "sum * share" : "best", by: activation)))
    return ChannelKernelContext(
      kernel, names, shapes: "x \(input.text), y \(output.text)",
      call: CText.call(
        function,
        [
          sizes, "\(output.vectors(of: lanes))", input.pitch(of: lanes), output.apart(of: lanes),
        ] + pool.shares
          + (slopes?.slopeArguments(names) ?? []) + [names.lanes(x), names.lanes(y)]))
  }
}

/// The function of the kernel.
struct ChannelPoolTask: SharedFunction {
  var template: String { "Pooling/channels_task.c.mustache" }
  let stem: String
  var name = ""
  let average, varies: Bool
  let what: String
  /// Whether the activation's slopes are passed.
  let slope: Bool
  /// What is stored.
  let value: String
}
