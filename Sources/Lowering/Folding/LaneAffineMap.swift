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
        shape: shape, weights: packedWeights(of: node, folding: steps, isPlain: true),
        activation: operation.activation, x: x, y: y),
      operations: Double(2 * shape.elementCount))
  }
}

/// The kernel: `y = x * scale + shift`, and the activation; a task makes a channel of a block.
struct LaneAffineKernel: KernelSpec {
  var shape: Shape
  /// What makes the factor and the offset.
  var weights: PackedWeights
  var activation: ScalarFunction?
  var x: BufferID
  var y: BufferID

  var packedWeights: PackedWeights? { weights }

  var functions: [ScalarFunction] { activation.map { [$0] } ?? [] }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let function = shared.name(
      LaneAffineTask(
        stem: "affine" + (activation.map { "_\($0.name)" } ?? ""), activates: activation != nil,
        value: names.activated("moved", by: activation)))
    let prepared = names.prepared(weights.layer)
    return ChannelKernelContext(
      kernel, names, shapes: "x \(shape), y \(shape)", usesTask: true,
      task: "a channel of a block",
      call: CText.call(
        function,
        [
          "s", "task", "\(shape.channels)", "\(shape.planeCount)", "\(prepared)_scale",
          "\(prepared)_shift", names.lanes(x), names.lanes(y),
        ]))
  }
}

struct LaneAffineTask: SharedFunction {
  var template: String { "Normalization/affine_task.c.mustache" }
  let stem: String
  var name = ""
  let activates: Bool
  /// What is stored.
  let value: String
}
