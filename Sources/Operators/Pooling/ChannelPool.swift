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
package struct ChannelPool: KernelSpec {
  package var pooling: Pooling
  package var window: Window
  package var input: ChannelLayout
  package var output: ChannelLayout
  package var x: BufferID
  package var y: BufferID

  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let average = pooling == .average
    let pool = PoolGeometry(
      pooling: pooling, window: window, channels: input.channels, height: input.height,
      width: input.width, outputHeight: output.height, outputWidth: output.width)
    let sizes = pool.sizes(kernel.head, names, sharing: &shared)
    let function = shared.name(
      ChannelPoolTask(average: average, what: average ? "The mean" : "The largest number"))
    return ChannelKernelContext(
      kernel, names, shapes: "x \(input.text), y \(output.text)",
      call: CText.call(
        function,
        [sizes, "\(output.vectors(of: names.plan.lanes))"] + (average ? [pool.share] : [])
          + [names.lanes(x), names.lanes(y)]))
  }
}

/// The function of the kernel.
struct ChannelPoolTask: SharedFunction {
  var template: String { "Pooling/channels_task.c.mustache" }
  var stem: String { average ? "avgpool_forward" : "maxpool_forward" }
  var name = ""
  let average: Bool
  let what: String
}
