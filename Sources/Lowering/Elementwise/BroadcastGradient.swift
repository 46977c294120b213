import IR

/// The gradient by an operand of an elementwise operation of values of several shapes: a function of
/// dy and of what it needs of the operands and the result, added up over the axes along which the
/// operand has one number for all.
struct BroadcastGradient: GradientOperation, ViewReadingOperation {
  let label = "gradient"
  let function: ScalarFunction
  /// The shapes of what the function takes, in order.
  let shapes: [Shape]
  /// That of the operation's result.
  let whole: Shape
  /// That of the operand.
  let operand: Shape
  var epilogue: ScalarFunction?

  func readsInPlace(_ position: Int) -> Bool { position < shapes.count }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let head = node.head, let result = node.results.first else { return }
    let inputs = zip(zip(function.parameters, shapes), node.operands).map {
      planner.input($0.0, $1, shape: $0.1)
    }
    let epilogue = planner.epilogue(self, node)
    let dx = planner.makePart(result)
    let axes = Axes(of: whole, inputs, operand).separated(by: shapes.count)
    let pieces = min(axes.outermost, planner.piecesPerBlock(whole.elementCount))
    let expression = ScalarExpression.call(
      function, function.parameters.map(ScalarExpression.variable))
    planner.add(
      "\(planner.model.layers[head].name)_backward", layers: node.layers, .backward,
      .perBlock(pieces),
      BroadcastGradientKernel(
        expression: expression, inputs: inputs, epilogue: epilogue, dx: dx, whole: whole,
        operand: operand, pieces: pieces),
      GradientEpilogue.effects(epilogue, reading: inputs.buffers) + [.write(dx)],
      operations: Double(whole.elementCount * (1 + expression.operationCount))
        + GradientEpilogue.operations(epilogue) * Double(operand.elementCount))
  }
}

/// The kernel.
struct BroadcastGradientKernel: KernelSpec {
  let expression: ScalarExpression
  let inputs: [BroadcastInput]
  let epilogue: GradientEpilogue?
  let dx: BufferID
  let whole, operand: Shape
  /// Tasks a block.
  let pieces: Int

  var functions: [ScalarFunction] {
    expression.functions + (epilogue.map { [$0.function] } ?? [])
  }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    shared.define(.axes)
    shared.define(.place)
    let axes = Axes(of: whole, inputs, operand).separated(by: inputs.count)
    let places = inputs.map { input in
      (input.name, "\(input.name)[place(\(input.name)_step, \(input.name)_block, i, j, k, l)]")
    }
    let text = names.vector(expression, Dictionary(uniqueKeysWithValues: places))
    let sum = names.value("total.total", epilogue, at: "at")
    let masks =
      expression.isNotZeroAtZero || epilogue.map { $0.function.body.isNotZeroAtZero } == true
    let function = shared.name(
      BroadcastGradientTask(
        stem: ["broadcast", expression.stem, epilogue?.function.name].compactMap { $0 }
          .joined(separator: "_"),
        formula: "dx = sum of \(expression.displayed.formula)", masks: masks,
        inputs: inputs.map(\.name), saved: epilogue?.savedNames ?? [], value: text,
        sum: masks ? "masked(\(sum), active)" : sum))
    let arguments = inputs.enumerated().flatMap { index, input in
      input.arguments(axes, index, names)
    }
    return BroadcastContext(
      inputs, result: ("dx", operand), sums: true, epilogue: epilogue, expression, kernel, names,
      call: CText.call(
        function,
        (masks ? ["s"] : []) + ["task", "\(pieces)", axes.sizeText] + arguments
          + (epilogue?.saved ?? []).map(names.lanes)
          + ["\(operand.elementCount)", axes.stepText(inputs.count), names.lanes(dx)]))
  }
}

/// The function of one task.
struct BroadcastGradientTask: SharedFunction {
  var template: String { "Elementwise/broadcast_gradient_task.c.mustache" }
  let stem: String
  var name = ""
  let formula: String
  let masks: Bool
  let inputs, saved: [String]
  let value, sum: String
}
