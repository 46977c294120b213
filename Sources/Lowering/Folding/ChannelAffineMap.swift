import IR

/// Factors and offsets for each channel, which follow nothing that they could be folded into, and
/// the activation after them.
struct ChannelAffineMap: ForwardOperation {
  /// The first layer's; its step is the first of all.
  let affine: ChannelAffine
  /// Those of the layers after it.
  var steps: [ChannelAffineStep] = []
  var activation: Activation?

  init(_ affine: ChannelAffine) { self.affine = affine }

  func absorbing(
    _ next: any Operation, from operand: Shape, to result: Shape, layer: Int
  ) -> (any ForwardOperation)? {
    guard activation == nil else { return nil }
    var whole = self
    if let step = ChannelAffineStep(next, layer: layer) {
      whole.steps.append(step)
    } else if let activation = Activation(next, layer: layer) {
      whole.activation = activation
    } else {
      return nil
    }
    return whole
  }

  var readsChannelParts: ChannelReading { .vectors }
  var makesChannelParts: Bool { true }

  func hasChannelKernels(for operands: [Shape]) -> Bool { true }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let head = node.head else { fatalError("a factor and an offset of no layer") }
    guard let x = planner.channels(node.operands[0]) else {
      return planner.planAffine(self, node, steps: [ChannelAffineStep(affine, layer: head)] + steps)
    }
    let y = planner.makeChannelResult(of: node)
    let weights = planner.packedWeights(
      of: node, folding: [ChannelAffineStep(affine, layer: head)] + steps, then: activation)
    planner.addForward(
      node, .serial,
      ChannelAffineKernel(
        input: x.layout, output: y.layout, weights: weights, activation: activation, x: x.buffer,
        y: y.buffer),
      operations: Double(2 * y.layout.positions * y.layout.channels))
  }

  func addGradient(to gradient: inout GradientBuilder) {
    fatalError("an evaluation has no gradient")
  }
}

/// The kernel: `y = x * scale + shift`, and the activation.
struct ChannelAffineKernel: KernelSpec {
  /// Rows and columns of x; they may be more than those of the result.
  var input: ChannelLayout
  var output: ChannelLayout
  /// What makes the factor and the offset.
  var weights: PackedWeights
  var activation: Activation?
  var x: BufferID
  var y: BufferID

  var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  var packedWeights: PackedWeights? { weights }

  var functions: [ScalarFunction] { activation.functions }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let lanes = names.plan.lanes
    shared.define(.pitch)
    let function = shared.name(
      SharedValueFunction(
        "channel_affine" + activation.suffix,
        template: "Normalization/channel_affine_task.c.mustache",
        slope: activation.pointer.slope,
        value: names.activated("moved", by: activation)))
    let prepared = names.prepared(weights.layer)
    return ChannelKernelContext(
      kernel, names, shapes: "x \(input.text), y \(output.text)",
      call: CText.call(
        function,
        [output.height, output.width, weights.vectors].map(String.init)
          + [
            input.pitch(of: lanes), output.apart(of: lanes), "\(prepared)_scale",
            "\(prepared)_shift",
          ]
          + weights.slopeArguments(names) + [x, y].map(names.lanes)))
  }
}
