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
      operands: [gradient.resultGradient, .activation(gradient.operand(0))] + gradient.parameters,
      results: parameters + [dx].compactMap { $0 })
    if let dx { gradient.contribute(dx, to: 0) }
  }
}

/// dgamma, dbeta and dx of `scale_shift`.
struct ScaleShiftGradientOperation: GradientOperation {
  let label = "gradient"
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let (dy, x) = (planner.place(node.operands[0]), planner.place(node.operands[1]))
    let epilogue = planner.epilogue(self, node)
    var dx: BufferID?
    if let result = node.results.last, result.isValueGradient { dx = planner.makePart(result) }
    let (gammaID, betaID) = (
      TensorID(layer: index, role: .gamma), TensorID(layer: index, role: .beta)
    )
    let gamma = planner.destination(of: gammaID)
    let beta = planner.destination(of: betaID)
    planner.add(
      "\(layer.name)_backward", layers: [index], .backward, .fixed(layer.shape.channels),
      ScaleShiftBackward(
        channels: layer.shape.channels, plane: layer.shape.planeCount, layer: index, x: x,
        dy: dy, epilogue: epilogue, dx: dx, gamma: gamma, beta: beta),
      GradientEpilogue.effects(epilogue, reading: (gamma == nil ? [] : [x]) + [dy])
        + [.read(.parameter(gammaID))]
        + [dx].compactMap { $0.map { .write($0) } } + (gamma?.effects(of: gammaID) ?? [])
        + (beta?.effects(of: betaID) ?? []),
      operations: Double(4 * layer.shape.elementCount))
  }
}

/// A factor and an offset for each channel: one task per channel and block.
struct ScaleShiftForward: KernelSpec {
  var channels: Int
  var plane: Int
  var layer: Int
  var x: BufferID
  var y: BufferID

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ScaleShiftForwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// Its gradients: one task per channel.
struct ScaleShiftBackward: KernelSpec {
  var channels: Int
  var plane: Int
  var layer: Int
  var x: BufferID
  var dy: BufferID
  /// What each number of dx goes through.
  var epilogue: GradientEpilogue?
  /// nil where nothing before it learns.
  var dx: BufferID?
  var gamma: GradientDestination?
  var beta: GradientDestination?

  var functions: [ScalarFunction] { epilogue.map { [$0.function] } ?? [] }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ScaleShiftBackwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

extension SharedText {
  /// The forward pass.
  static let scaleShiftForward = SharedText(
    "scale_shift_forward", template: "Normalization/scale_shift_forward_task.c.mustache")
}

struct ScaleShiftForwardContext: TemplateContext {
  var template: String { "Normalization/scale_shift_forward.c.mustache" }
  let name, layer, source, formula, shape, call: String

  init(
    _ spec: ScaleShiftForward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    name = names.function(kernel)
    layer = names.layer(spec.layer)
    source = names.line(of: spec.layer)
    formula = names.formula(of: spec.layer)
    shape = names.outputShape(of: spec.layer)
    call = CText.call(
      shared.name(SharedText.scaleShiftForward),
      [
        "s", "task", "\(spec.channels)", "\(spec.plane)",
        names.parameter(TensorID(layer: spec.layer, role: .gamma)),
        names.parameter(TensorID(layer: spec.layer, role: .beta)), names.lanes(spec.x),
        names.lanes(spec.y),
      ])
  }
}

struct ScaleShiftBackwardTask: SharedFunction {
  var template: String { "Normalization/scale_shift_backward_task.c.mustache" }
  var stem: String { "scale_shift_backward" }
  var name = ""
  /// What gamma points to: it moves, or is only read.
  let type: String
  /// What is passed.
  let dx, masks, gamma, beta, dgamma, dbeta: Bool
  /// What the values are called that the epilogue reads.
  let saved: [String]
  /// What is stored of dx.
  let value: String
  let gammaStore, betaStore: String?
  /// What is computed.
  let formula: String

  init(_ spec: ScaleShiftBackward, _ names: CodegenContext) {
    formula = [
      spec.gamma.map { _ in "dgamma[c] = sum of dy * x" },
      spec.beta.map { _ in "dbeta[c] = sum of dy" },
      spec.dx.map { _ in "dx = gamma[c] * dy" },
    ].compactMap { $0 }.joined(separator: ", ")
    type = spec.gamma?.moves == true ? "real" : "const real"
    dx = spec.dx != nil
    saved = spec.epilogue?.savedNames ?? []
    masks = spec.epilogue != nil
    let product = names.value("dy[k] * factor", spec.epilogue, at: "k")
    value = masks ? "masked(\(product), active)" : product
    gamma = dx || spec.gamma?.moves == true
    beta = spec.beta?.moves == true
    dgamma = spec.gamma.map { !$0.moves } ?? false
    dbeta = spec.beta.map { !$0.moves } ?? false
    gammaStore = spec.gamma.map {
      names.store(
        "lanes_sum(product.total)", into: $0.moves ? "gamma" : "dgamma", at: "c", $0)
    }
    betaStore = spec.beta.map {
      names.store("lanes_sum(sum.total)", into: $0.moves ? "beta" : "dbeta", at: "c", $0)
    }
  }
}

struct ScaleShiftBackwardContext: TemplateContext {
  var template: String { "Normalization/scale_shift_backward.c.mustache" }
  let name, layer, source, shape, call: String
  let update: Bool
  let epilogueText: String?

  init(
    _ spec: ScaleShiftBackward, kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    let gamma = TensorID(layer: spec.layer, role: .gamma)
    let beta = TensorID(layer: spec.layer, role: .beta)
    name = names.function(kernel)
    layer = names.layer(spec.layer)
    source = names.line(of: spec.layer)
    shape = names.outputShape(of: spec.layer)
    update = spec.gamma?.moves == true || spec.beta?.moves == true
    let task = ScaleShiftBackwardTask(spec, names)
    var arguments = ["s", "channel", "\(spec.channels)", "\(spec.plane)"]
    epilogueText = spec.epilogue.map { $0.text(names) }
    let buffers =
      [spec.gamma.map { _ in spec.x }, spec.dy] + (spec.epilogue?.saved ?? []) + [spec.dx]
    arguments += buffers.compactMap { $0 }.map(names.lanes)
    if task.gamma { arguments.append(names.parameter(gamma)) }
    if task.beta { arguments.append(names.parameter(beta)) }
    for (tensor, destination) in [(gamma, spec.gamma), (beta, spec.beta)] {
      guard let destination, !destination.moves else { continue }
      arguments.append(names.place(of: tensor, destination))
    }
    call = CText.call(shared.name(task), arguments)
  }
}
