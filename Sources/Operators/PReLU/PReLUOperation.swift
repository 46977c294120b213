import IR
import Lowering

extension PReLU: SlopedActivation {
  package var slopedFunction: ScalarFunction {
    let (x, slope) = (ScalarExpression.variable("x"), ScalarExpression.variable("slope"))
    return ScalarFunction("prelu", ["x", "slope"], .select(x < 0, slope * x, x))
  }

  package var slopeRole: TensorDeclaration.Role { .slope }

  package var hasSlopePerChannel: Bool { slopes == .channels }

  package var slopedGradient: any GradientOperation { PReLUGradientOperation(slopes: slopes) }
}

extension PReLU: LoweredOperation, ForwardOperation {
  package var readsChannelParts: ChannelReading { .vectors }
  package var makesChannelParts: Bool { true }

  package func hasChannelKernels(for operands: [Shape]) -> Bool { true }

  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    if let x = planner.channels(node.operands[0]) { return planner.planPReLU(self, node, of: x) }
    let layer = planner.model.layers[index]
    let x = planner.place(node.operands[0])
    let y = planner.makeResult(of: index, head: index)
    let slope = TensorID(layer: index, role: .slope)
    planner.add(
      "\(layer.name)_forward", layers: [index], .forward, .perBlock(layer.shape.channels),
      PReLUForward(slopes: slopes, shape: layer.shape, x: x, y: y),
      [.read(x), .read(.parameter(slope)), .write(y)],
      operations: Double(2 * layer.shape.elementCount))
  }

  package func addGradient(to gradient: inout GradientBuilder) {
    let dx = gradient.contribution(to: 0)
    let parameters = gradient.parameterGradients()
    gradient.add(
      PReLUGradientOperation(slopes: slopes),
      operands: [gradient.resultGradient, .activation(gradient.operand(0))] + gradient.parameters,
      results: parameters + [dx].compactMap { $0 })
    if let dx { gradient.contribute(dx, to: 0) }
  }
}

/// dslope and dx of `prelu`.
struct PReLUGradientOperation: GradientOperation {
  let label = "gradient"
  let slopes: PReLU.Slopes
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let (dy, x) = (planner.place(node.operands[0]), planner.place(node.operands[1]))
    let epilogue = planner.epilogue(self, node)
    let dx = node.results.last.flatMap { $0.isValueGradient ? planner.makePart($0) : nil }
    let slope = TensorID(layer: index, role: .slope)
    let destination = planner.destination(of: slope)
    // One slope's gradient is first made channel by channel.
    let partial =
      slopes == .one && destination != nil
      ? planner.makeBuffer("\(layer.name)_partial", .numbers([layer.shape.channels])) : nil
    let stores =
      partial.map { [.write($0)] } ?? destination?.effects(of: slope) ?? []
    planner.add(
      "\(layer.name)_backward", layers: node.layers, .backward, .fixed(layer.shape.channels),
      PReLUBackward(
        slopes: slopes, shape: layer.shape, x: x, dy: dy, epilogue: epilogue, dx: dx,
        slope: partial.map { .buffer($0) } ?? destination),
      GradientEpilogue.effects(epilogue, reading: [x, dy]) + [.read(.parameter(slope))]
        + [dx].compactMap { $0.map { .write($0) } } + stores,
      operations: (4 + GradientEpilogue.operations(epilogue)) * Double(layer.shape.elementCount))
    guard let partial, let destination else { return }
    planner.add(
      "\(layer.name)_slope_gradient", layers: [index], .backward, .serial,
      PReLUSlopeGradient(
        channels: layer.shape.channels, partial: partial, destination: destination),
      [.read(partial)] + destination.effects(of: slope), operations: 0)
  }
}

/// The forward pass: one task per channel and block.
struct PReLUForward: KernelSpec {
  var slopes: PReLU.Slopes
  var shape: Shape
  var x: BufferID
  var y: BufferID

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    PReLUForwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// The gradients: one task per channel.
struct PReLUBackward: KernelSpec {
  var slopes: PReLU.Slopes
  var shape: Shape
  var x: BufferID
  var dy: BufferID
  /// What each number of dx goes through.
  var epilogue: GradientEpilogue?
  /// nil where nothing before it learns.
  var dx: BufferID?
  /// Where the gradient of each channel's slope goes, or each channel's part of the one slope's.
  var slope: GradientDestination?

  var functions: [ScalarFunction] { epilogue.map { [$0.function] } ?? [] }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    PReLUBackwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// The gradient of the one slope from its channels' parts.
struct PReLUSlopeGradient: KernelSpec {
  var channels: Int
  var partial: BufferID
  var destination: GradientDestination

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    PReLUSlopeGradientContext(self, kernel: kernel, names: names)
  }
}
