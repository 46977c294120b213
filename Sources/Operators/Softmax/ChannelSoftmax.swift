import IR
import Lowering

extension KernelPlanner {
  /// The kernel of a softmax over the channels of `x`, which are in the lanes.
  mutating func planSoftmax(_ softmax: Softmax, _ node: Graph.Node, of x: ChannelValue) {
    let y = makeChannelResult(of: node)
    addForward(
      node, .serial, ChannelSoftmax(isLogarithm: softmax.isLogarithm, x: x, y: y),
      operations: Double(5 * y.layout.positions * y.layout.channels))
  }
}

/// A softmax over the channels of each position, channels in the lanes.
struct ChannelSoftmax: KernelSpec {
  let isLogarithm: Bool
  let x, y: ChannelValue

  var values: [(buffer: BufferID, layout: ChannelLayout)] {
    [x, y].map { ($0.buffer, $0.layout) }
  }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    shared.define(.pitch)
    let lanes = names.plan.lanes
    let function = shared.name(
      ChannelSoftmaxTask(
        stem: (isLogarithm ? "log_" : "") + "softmax_positions", isLogarithm: isLogarithm))
    let sizes = [
      y.layout.height, y.layout.width, y.layout.channels, y.layout.vectors(of: lanes),
    ]
    return ChannelKernelContext(
      kernel, names, shapes: "x \(x.layout.text), y \(y.layout.text)",
      call: CText.call(
        function,
        sizes.map(String.init) + [x.layout.pitch(of: lanes), y.layout.apart(of: lanes)]
          + [x.buffer, y.buffer].map(names.lanes)))
  }
}

/// The function of the kernel.
struct ChannelSoftmaxTask: SharedFunction {
  var template: String { "Softmax/channels_task.c.mustache" }
  let stem: String
  var name = ""
  let isLogarithm: Bool
}
