import IR
import Lowering

extension Upsample: LoweredOperation {
  package var forwardOperation: any ForwardOperation { UpsampleOperation(upsample: self) }
  package var evaluationOperation: any ForwardOperation {
    UpsampleOperation(upsample: self).evaluating
  }

  /// Multiply-adds for one number: none where it is but moved.
  fileprivate func taps(_ shape: Shape) -> Int {
    mode == .nearest ? 0 : 1 << (shape.dimensions.count - 1)
  }
}

/// An upsampling and the activation after it.
struct UpsampleOperation: StoringOperation {
  let upsample: Upsample
  var activation: Activation?
  var trains = true

  var readsChannelParts: ChannelReading { .vectors }
  var makesChannelParts: Bool { true }

  func hasChannelKernels(for operands: [Shape]) -> Bool { operands[0].dimensions.count <= 3 }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    if let x = planner.channels(node.operands[0]) {
      planner.planUpsample(self, node, of: x)
      return
    }
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let shape = planner.model.shape(of: layer.operands[0])
    let x = planner.place(node.operands[0])
    let result = planner.makeStored(by: self, node)
    planner.add(
      "\(layer.name)_forward", layers: node.layers, .forward, .perBlock(shape.channels),
      UpsampleKernel(
        upsample: upsample, operand: shape, result: layer.shape, epilogue: nil, source: x,
        target: result, isGradient: false), [.read(x)] + result.effects,
      operations: Double(layer.shape.elementCount * upsample.taps(shape)))
  }

  func addGradient(to gradient: inout GradientBuilder) {
    guard let (dy, dx) = addActivationGradient(to: &gradient) else { return }
    gradient.add(
      UpsampleGradient(upsample: upsample), layers: [gradient.head], operands: [dy], results: [dx])
    gradient.contribute(dx, to: 0)
  }
}

/// dx of an upsampling.
struct UpsampleGradient: GradientOperation {
  let label = "gradient"
  let upsample: Upsample
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let shape = planner.model.shape(of: layer.operands[0])
    let epilogue = planner.epilogue(self, node)
    let dy = planner.place(node.operands[0])
    let dx = planner.makePart(node.results[0])
    planner.add(
      "\(layer.name)_backward", layers: node.layers, .backward, .perBlock(shape.channels),
      UpsampleKernel(
        upsample: upsample, operand: shape, result: layer.shape, epilogue: epilogue, source: dy,
        target: StoredResult(y: dx), isGradient: true),
      GradientEpilogue.effects(epilogue, reading: [dy]) + [.write(dx)],
      operations: Double(layer.shape.elementCount * max(1, upsample.taps(shape)))
        + GradientEpilogue.operations(epilogue) * Double(shape.elementCount))
  }
}

extension SharedText {
  /// What lies between the numbers of a row.
  static let between = SharedText("between", template: "Shape/between.c.mustache")
  /// The nearest number of a row.
  static let nearest = SharedText("nearest", template: "Shape/nearest.c.mustache")
}

/// One channel of a block a task.
struct UpsampleKernel: KernelSpec {
  let upsample: Upsample
  let operand, result: Shape
  /// What each number of dx goes through.
  let epilogue: GradientEpilogue?
  /// What is read and written: x and y, or dy and dx.
  let source: BufferID
  let target: StoredResult
  let isGradient: Bool

  var functions: [ScalarFunction] {
    target.stored.functions + [epilogue?.function].compactMap { $0 }
  }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let isLinear = upsample.mode != .nearest
    shared.define(.axes)
    // The gradient asks which numbers are made of one, the forward pass what one is made of.
    if isLinear { shared.define(.between) }
    if isGradient {
      shared.define(
        isLinear
          ? SharedText("count_up_to", template: "Shape/between_count.c.mustache")
          : SharedText("first_of", template: "Shape/nearest_first.c.mustache"))
    } else if !isLinear {
      shared.define(.nearest)
    }
    let stored = target.stored
    let masks = stored.masks || epilogue?.function.body.isNotZeroAtZero == true
    let function =
      isGradient
      ? backward(isLinear, masks: masks, names, &shared)
      : shared.name(
        StoringFunction(
          isLinear ? "upsample_linear" : "upsample_nearest",
          template: "Shape/\(isLinear ? "between" : "nearest")_task.c.mustache", stored,
          isLinear ? "sum" : "row[nearest(l, size.l, n.l)]", names))
    let axes = [result, operand].map { shape in
      let sizes = shape.dimensions.dropFirst()
      let four = [Int](repeating: 1, count: 4 - sizes.count) + sizes
      return "(struct axes){\(CText.list(four))}"
    }
    return ResampleContext(
      kernel, names, epilogue: epilogue, stored: stored, isGradient: isGradient,
      call: CText.call(
        function,
        (masks ? ["active_lanes(s, task / \(operand.channels))"] : []) + ["task"] + axes
          + (isLinear ? [upsample.alignsCorners ? "1" : "0"] : [])
          + stored.slopeArguments(of: "task % \(operand.channels)", names)
          + ([source] + (epilogue?.saved ?? [])).map(names.lanes) + target.arguments(names)))
  }

  private func backward(
    _ isLinear: Bool, masks: Bool, _ names: CodegenContext, _ shared: inout SharedFunctions
  ) -> String {
    let value = names.value("total.total", epilogue, at: "at")
    let stem = isLinear ? "upsample_linear" : "upsample_nearest"
    return shared.name(
      UpsampleBackwardTask(
        stem: "\(stem)_\(epilogue?.function.name ?? "backward")", linear: isLinear, masks: masks,
        saved: epilogue?.savedNames ?? [], value: masks ? "masked(\(value), active)" : value))
  }
}

struct UpsampleBackwardTask: SharedFunction {
  var template: String { "Shape/upsample_backward_task.c.mustache" }
  let stem: String
  var name = ""
  let linear, masks: Bool
  let saved: [String]
  let value: String
}
