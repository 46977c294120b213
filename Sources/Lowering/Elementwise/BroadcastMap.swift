import IR

/// Each number from its like in other values, of which some have one number for a whole axis:
/// `x * gate` with a gate of [channels, 1, 1], and the gradient of x.
package struct BroadcastMapKernel: KernelSpec {
  /// The value of one number.
  package var expression: ScalarExpression
  /// The values read, by their names in the expression.
  package var inputs: [BroadcastInput]
  /// What the result is called: `y`, `dx`.
  package var resultName: String
  package var result: BufferID
  package var shape: Shape
  /// Tasks a block.
  package var pieces: Int
  /// Whether lanes without an example would hold anything but 0.
  package var masksLanes: Bool
  /// What the number goes through, its slope learned.
  package var activation: Activation?
  /// Where the number is stored before that, if it is.
  package var before: BufferID?

  package var functions: [ScalarFunction] { expression.functions + activation.functions }

  package var acceptsParts: Bool { true }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    shared.define(.axes)
    shared.define(.place)
    let axes = Axes(of: shape, inputs, shape, activation)
    let places = inputs.map { input in
      (input.name, "\(input.name)[place(\(input.name)_step, \(input.name)_block, i, j, k, l)]")
    }
    let text = names.vector(expression, Dictionary(uniqueKeysWithValues: places))
    let number = masksLanes ? "masked(\(text), active)" : text
    let stored = StoredValue(activation, keeps: before != nil)
    let function = shared.name(
      BroadcastTask(
        stem: ["broadcast", expression.stem].compactMap { $0 }.joined(separator: "_")
          + stored.suffix,
        formula: "\(stored.keeps ? "z" : resultName) = \(expression.displayed.formula)"
          + (activation.map { ", \(resultName) = \($0.function.body.formula) of it" } ?? ""),
        masks: masksLanes, slope: activation != nil, keeps: stored.keeps,
        inputs: inputs.map(\.name), resultName: resultName, number: number,
        value: stored.text(number, names, slope: "slope[place(slope_step, 0, i, j, k, l)]")))
    let arguments = inputs.enumerated().flatMap { index, input in
      input.arguments(axes, index, names)
    }
    return BroadcastContext(
      self.inputs, result: (resultName, shape), then: stored.comment(kernel.layers, names),
      expression, kernel, names,
      call: CText.call(
        function,
        (masksLanes ? ["s"] : []) + ["task", "\(pieces)", axes.sizeText] + arguments
          + [axes.stepText(inputs.count)]
          + activation.arguments(names).flatMap { [axes.stepText(inputs.count + 1), $0] }
          + [before, result].compactMap { $0.map(names.lanes) }))
  }
}

/// The function of one task.
struct BroadcastTask: SharedFunction {
  var template: String { "Elementwise/broadcast_task.c.mustache" }
  let stem: String
  var name = ""
  let formula: String
  let masks, slope, keeps: Bool
  let inputs: [String]
  let resultName, number, value: String
}

/// A value that a kernel reads number by number.
package struct BroadcastInput: Hashable, Sendable {
  package var name: String
  package var buffer: BufferID
  /// Its shape, which goes with that of the whole.
  package var shape: Shape
  /// Where its numbers lie, if it is a part of what is in the buffer.
  package var view: ValueView?

  package init(name: String, buffer: BufferID, shape: Shape, view: ValueView? = nil) {
    self.name = name
    self.buffer = buffer
    self.shape = shape
    self.view = view
  }

  /// How far its numbers lie apart along the axes of `whole`; 0 where one number serves all.
  func steps(along whole: Shape) -> [Int] {
    let dense = shape.steps(along: whole)
    guard let view else { return dense }
    return dense.indices.map { dense[$0] == 0 ? 0 : view.steps[$0] }
  }

  /// What the C is given of it: the numbers of a block's lane, its steps, and where it begins.
  func arguments(_ axes: Axes, _ index: Int, _ names: CodegenContext) -> [String] {
    let start = view?.start ?? 0
    return [
      "\(view?.count ?? shape.elementCount)", axes.stepText(index),
      names.lanes(buffer) + (start > 0 ? " + \(start)" : ""),
    ]
  }

  /// For the comment over the kernel: `x [4, 8]`, `x [4, 3] of [4, 8]`
  func text(_ names: CodegenContext) -> String {
    guard view != nil, case .lanes(let whole) = names.plan[buffer].layout else {
      return "\(name) \(shape)"
    }
    return "\(name) \(shape) of \(whole)"
  }
}

extension [BroadcastInput] {
  /// What is read, each buffer once.
  var buffers: [BufferID] {
    var found: [BufferID] = []
    for input in self where !found.contains(input.buffer) { found.append(input.buffer) }
    return found
  }
}

extension Axes {
  /// The axes of `whole`, with which the values of `inputs` go, then one of `shape`, and then the slopes of
  /// `activation`, if it has any.
  init(
    of whole: Shape, _ inputs: [BroadcastInput], _ shape: Shape, _ activation: Activation? = nil
  ) {
    let slopes = activation?.slope.map { slope in
      whole.dimensions.indices.map { $0 == 0 && slope.isPerChannel ? 1 : 0 }
    }
    self.init(
      sizes: whole.dimensions,
      steps: inputs.map { $0.steps(along: whole) } + [shape.steps(along: whole)]
        + [slopes].compactMap { $0 })
  }
}

/// What fills in the template of a kernel over values of several shapes.
struct BroadcastContext: TemplateContext {
  var template: String { "Elementwise/broadcast.c.mustache" }
  let name, title, formula, shapes, call: String
  let epilogueText: String?

  /// - Parameter sums: Whether the result is a sum of what the expression says.
  init(
    _ inputs: [BroadcastInput], result: (name: String, shape: Shape), sums: Bool = false,
    epilogue: GradientEpilogue? = nil, then: String? = nil, _ expression: ScalarExpression,
    _ kernel: Kernel,
    _ names: CodegenContext, call: String
  ) {
    name = names.function(kernel)
    title = "\(names.layers(kernel.layers)) (\(kernel.layer.map(names.line) ?? names.source))"
    let value = expression.displayed.formula
    formula = "\(result.name) = " + (sums ? "sum of \(value)" : value)
    shapes = (inputs.map { $0.text(names) } + ["\(result.name) \(result.shape)"])
      .joined(separator: ", ")
    epilogueText = epilogue.map { $0.text(names) } ?? then
    self.call = call
  }
}

extension KernelPlanner {
  /// Adds a kernel that computes `expression` number by number, of values of several shapes.
  mutating func addBroadcast(
    _ name: String, node: Graph.Node, _ phase: Kernel.Phase, _ expression: ScalarExpression,
    inputs: [BroadcastInput], result: (name: String, buffer: BufferID), shape: Shape,
    then activation: Activation? = nil, keeping before: BufferID? = nil
  ) {
    let axes = Axes(of: shape, inputs, shape, activation)
    let pieces = min(axes.outermost, piecesPerBlock(shape.elementCount))
    add(
      name, layers: node.layers, phase, .perBlock(pieces),
      BroadcastMapKernel(
        expression: expression, inputs: inputs, resultName: result.name, result: result.buffer,
        shape: shape, pieces: pieces, masksLanes: expression.isNotZeroAtZero,
        activation: activation, before: before),
      inputs.buffers.map { .read($0) } + activation.effects
        + [before, result.buffer].compactMap { $0.map { .write($0) } },
      replaces: inputs.first { input in
        input.shape == shape && !inputs.contains { $0.view != nil && $0.buffer == input.buffer }
      }?.buffer,
      operations: Double(shape.elementCount * expression.operationCount))
  }
}

extension ScalarExpression {
  /// Whether it is anything but 0 where all its variables are 0: then lanes without an example have
  /// to be masked.
  package var isNotZeroAtZero: Bool {
    value(Dictionary(uniqueKeysWithValues: variables.map { ($0, 0.0) })) != 0
  }
}
