import IR
import Lowering

extension KernelPlanner {
  /// The kernel of `prelu` over `x`, whose channels are in the lanes.
  mutating func planPReLU(_ prelu: PReLU, _ node: Graph.Node, of x: ChannelValue) {
    guard let index = node.head else { return }
    let y = makeChannelResult(of: node)
    let weights = packedWeights(of: node, folding: [], then: Activation(prelu, layer: index))
    addForward(
      node, .serial,
      ChannelPReLU(input: x.layout, output: y.layout, weights: weights, x: x.buffer, y: y.buffer),
      operations: Double(2 * y.layout.positions * y.layout.channels))
  }
}

/// `prelu` of one example, channels in the lanes.
struct ChannelPReLU: KernelSpec {
  /// Rows and columns of x; they may be more than those of the result.
  var input: ChannelLayout
  var output: ChannelLayout
  /// What brings the slopes into vectors of channels.
  var weights: PackedWeights
  var x: BufferID
  var y: BufferID

  var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  var packedWeights: PackedWeights? { weights }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let lanes = names.plan.lanes
    shared.define(.pitch)
    return ChannelKernelContext(
      kernel, names, shapes: "x \(input.text), y \(output.text)",
      call: CText.call(
        shared.name(SharedText.channelPReLU),
        [output.height, output.width, weights.vectors].map(String.init)
          + [input.pitch(of: lanes), output.apart(of: lanes)] + weights.slopeArguments(names)
          + [x, y].map(names.lanes)))
  }
}

extension SharedText {
  fileprivate static let channelPReLU = SharedText(
    "channel_prelu", template: "PReLU/channels_task.c.mustache")
}
