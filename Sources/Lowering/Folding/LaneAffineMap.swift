import IR

extension KernelPlanner {
  /// The kernel of factors and offsets for each channel, with examples in the lanes.
  mutating func planAffine(
    _ operation: ChannelAffineMap, _ node: Graph.Node, steps: [ChannelAffineStep]
  ) {
    guard let head = node.head, let tail = node.layers.last else { return }
    let shape = model.layers[head].shape
    let x = place(node.operands[0])
    let y = makeResult(of: tail, head: head)
    addForward(
      node, .perBlock(shape.channels),
      LaneAffineKernel(
        shape: shape,
        weights: packedWeights(of: node, folding: steps, isPlain: true),
        activation: operation.activation, x: x, y: y),
      operations: Double(2 * shape.elementCount))
  }
}

/// The kernel: `y = x * scale + shift`, and the activation; a task makes a channel of a block.
struct LaneAffineKernel: KernelSpec {
  var shape: Shape
  /// What makes the factor and the offset.
  var weights: PackedWeights
  var activation: Activation?
  var x: BufferID
  var y: BufferID

  var packedWeights: PackedWeights? { weights }

  var functions: [ScalarFunction] { activation.functions }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let function = shared.name(
      LaneAffineTask(
        stem: "affine" + activation.suffix, activates: activation != nil,
        slope: activation.pointer.slope,
        value: names.activated("moved", by: activation, at: "c")))
    let prepared = names.prepared(weights.layer)
    return ChannelKernelContext(
      kernel, names, shapes: "x \(shape), y \(shape)", usesTask: true,
      task: "a channel of a block",
      call: CText.call(
        function,
        [
          "s", "task", "\(shape.channels)", "\(shape.planeCount)", "\(prepared)_scale",
          "\(prepared)_shift",
        ] + activation.arguments(names) + [x, y].map(names.lanes)))
  }
}

struct LaneAffineTask: SharedFunction {
  var template: String { "Normalization/affine_task.c.mustache" }
  let stem: String
  var name = ""
  let activates, slope: Bool
  /// What is stored.
  let value: String
}
