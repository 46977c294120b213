import IR
import Lowering

extension ScaleShift: LoweredOperation, ForwardOperation {
  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let x = planner.place(node.operands[0])
    let y = planner.makeResult(of: index, head: index)
    planner.add(
      "\(layer.name)_forward", layers: [index], .forward, .perBlock(layer.shape.channels),
      ScaleShiftForward(
        channels: layer.shape.channels, plane: layer.shape.planeCount, layer: index, x: x, y: y),
      [.read(x)] + planner.model.parameterIDs(of: index).map { .read(.parameter($0)) }
        + [.write(y)],
      operations: Double(2 * layer.shape.elementCount))
  }

  package func addGradient(to gradient: inout GradientBuilder) {
    let dx = gradient.contribution(to: 0)
    let parameters = gradient.parameterGradients()
    gradient.add(
      ScaleShiftGradientOperation(),
      operands: [gradient.resultGradient, .activation(gradient.operand(0))],
      results: parameters + [dx].compactMap { $0 })
    if let dx { gradient.contribute(dx, to: 0) }
  }
}

/// dgamma, dbeta and dx of `scale_shift`.
struct ScaleShiftGradientOperation: GraphOperation {
  let label = "gradient"

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let (dy, x) = (planner.place(node.operands[0]), planner.place(node.operands[1]))
    var dx: BufferID?
    if case .contribution? = node.results.last {
      dx = planner.makeContribution(node.results[node.results.count - 1])
    }
    let (gammaID, betaID) = (
      TensorID(layer: index, role: .gamma), TensorID(layer: index, role: .beta)
    )
    let gamma = planner.destination(of: gammaID)
    let beta = planner.destination(of: betaID)
    planner.add(
      "\(layer.name)_backward", layers: [index], .backward, .fixed(layer.shape.channels),
      ScaleShiftBackward(
        channels: layer.shape.channels, plane: layer.shape.planeCount, layer: index, x: x,
        dy: dy, dx: dx, gamma: gamma, beta: beta),
      [.read(x), .read(dy), .read(.parameter(gammaID))]
        + [dx].compactMap { $0.map { .write($0) } } + (gamma?.effects(of: gammaID) ?? [])
        + (beta?.effects(of: betaID) ?? []),
      operations: Double(4 * layer.shape.elementCount))
  }
}

/// A factor and an offset for each channel: one task a channel and block.
struct ScaleShiftForward: KernelForm {
  var channels: Int
  var plane: Int
  var layer: Int
  var x: BufferID
  var y: BufferID

  func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ScaleShiftForwardContext(self, kernel: kernel, names: names)
  }
}

/// Its gradients: one task a channel.
struct ScaleShiftBackward: KernelForm {
  var channels: Int
  var plane: Int
  var layer: Int
  var x: BufferID
  var dy: BufferID
  /// nil where nothing before it learns.
  var dx: BufferID?
  var gamma: GradientDestination?
  var beta: GradientDestination?

  func context(
    of kernel: Kernel, names: Naming, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ScaleShiftBackwardContext(self, kernel: kernel, names: names)
  }
}

struct ScaleShiftForwardContext: TemplateContext {
  var template: String { "Normalization/scale_shift_forward.c.mustache" }
  let name, layer, source, formula, shape, x, y, gamma, beta: String
  let channels, plane: Int

  init(_ form: ScaleShiftForward, kernel: Kernel, names: Naming) {
    name = names.function(kernel)
    layer = names.layer(form.layer)
    source = names.line(of: form.layer)
    formula = names.formula(of: form.layer)
    shape = names.outputShape(of: form.layer)
    x = names.buffer(form.x)
    y = names.buffer(form.y)
    gamma = names.member(TensorID(layer: form.layer, role: .gamma))
    beta = names.member(TensorID(layer: form.layer, role: .beta))
    channels = form.channels
    plane = form.plane
  }
}

struct ScaleShiftBackwardContext: TemplateContext {
  var template: String { "Normalization/scale_shift_backward.c.mustache" }
  let name, layer, source, shape, x, dy, gamma: String
  let dx, gammaStore, betaStore: String?
  let channels, plane: Int

  init(_ form: ScaleShiftBackward, kernel: Kernel, names: Naming) {
    let gammaID = TensorID(layer: form.layer, role: .gamma)
    let betaID = TensorID(layer: form.layer, role: .beta)
    name = names.function(kernel)
    layer = names.layer(form.layer)
    source = names.line(of: form.layer)
    shape = names.outputShape(of: form.layer)
    x = names.buffer(form.x)
    dy = names.buffer(form.dy)
    dx = form.dx.map(names.buffer)
    gamma = names.member(gammaID)
    gammaStore = form.gamma.map {
      names.store("lanes_sum(product.total)", of: gammaID, at: "channel", $0)
    }
    betaStore = form.beta.map { names.store("lanes_sum(sum.total)", of: betaID, at: "channel", $0) }
    channels = form.channels
    plane = form.plane
  }
}
