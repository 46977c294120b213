import IR

/// Each number from its like in other values: activations, sums, their gradients.
package struct MapKernel: KernelSpec {
  /// The value of one number.
  package var expression: ScalarExpression
  /// The values read, by their names in the expression.
  package var inputs: [Input]
  /// What the result is called: `y`, `dx`.
  package var resultName: String
  package var result: BufferID
  /// The shape of all of them.
  package var shape: Shape
  /// Tasks a block.
  package var pieces: Int
  /// Whether lanes without an example would hold anything but 0.
  package var masksLanes: Bool
  /// What the kernel computes, before the formula.
  package var title: Title

  /// A value that is read.
  package struct Input: Hashable, Sendable {
    package var name: String
    package var buffer: BufferID
  }

  /// What the comment over the kernel begins with.
  package enum Title: Hashable, Sendable {
    case layers
    case gradientSum(of: ValueID, then: Int?)
  }

  package var functions: [ScalarFunction] { expression.functions }

  package var acceptsParts: Bool { true }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    MapContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

extension KernelPlanner {
  /// Adds a kernel that computes `expression` number by number.
  package mutating func addMap(
    _ name: String, node: Graph.Node, _ phase: Kernel.Phase, _ expression: ScalarExpression,
    inputs: [(name: String, buffer: BufferID)], result: (name: String, buffer: BufferID),
    title: MapKernel.Title = .layers, replaces: BufferID?
  ) {
    guard case .lanes(let shape) = buffers[result.buffer.index].layout else {
      fatalError("\(name) computes what is not in the lanes")
    }
    let pieces = piecesPerBlock(shape.elementCount)
    add(
      name, layers: node.layers, phase, .perBlock(pieces),
      MapKernel(
        expression: expression,
        inputs: inputs.map { MapKernel.Input(name: $0.name, buffer: $0.buffer) },
        resultName: result.name, result: result.buffer, shape: shape, pieces: pieces,
        masksLanes: expression.isNotZeroAtZero, title: title),
      inputs.map { .read($0.buffer) } + [.write(result.buffer)], replaces: replaces,
      operations: Double(shape.elementCount * expression.operationCount))
  }

  /// A new buffer for a gradient, or a part of one.
  package mutating func makePart(_ value: GraphValue) -> BufferID {
    guard case .intermediateGradient(let id) = value else { return makeContribution(value) }
    return makeGradient(value, of: id, by: nil)
  }
}

extension ScalarExpression {
  /// Operators and functions that one number takes.
  var operationCount: Int {
    func count(_ expression: ScalarExpression) -> Int {
      expression.children.reduce(expression.children.isEmpty ? 0 : 1) { $0 + count($1) }
    }
    return Swift.max(1, count(inlined))
  }
}

/// What fills in the kernel's template.
package struct MapContext: TemplateContext {
  package var template: String { "Elementwise/map.c.mustache" }
  let name, title, formula, shape, call: String

  init(
    _ spec: MapKernel, kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) {
    name = names.function(kernel)
    let model = names.plan.model
    switch spec.title {
    case .layers:
      title = "\(names.layers(kernel.layers)) (\(kernel.layer.map(names.line) ?? names.source))"
    case .gradientSum(let id, let activation):
      title =
        "The gradient of \(model.name(of: id)), which several layers read"
        + (activation.map { ", then through \(names.layer($0))" } ?? "")
    }
    formula = "\(spec.resultName) = \(spec.expression.displayed.formula)"
    shape = spec.shape.description
    let values = Dictionary(uniqueKeysWithValues: spec.inputs.map { ($0.name, "\($0.name)[k]") })
    let text = names.vector(spec.expression, values)
    let function = shared.name(
      MapTask(
        stem: ["map", spec.expression.stem].compactMap { $0 }.joined(separator: "_"),
        formula: formula, masks: spec.masksLanes,
        inputs: spec.inputs.map(\.name), resultName: spec.resultName,
        value: spec.masksLanes ? "masked(\(text), active)" : text))
    call = CText.call(
      function,
      (spec.masksLanes ? ["s"] : []) + ["task", "\(spec.shape.elementCount)", "\(spec.pieces)"]
        + (spec.inputs.map(\.buffer) + [spec.result]).map(names.lanes))
  }
}

/// The function of one task.
struct MapTask: SharedFunction {
  var template: String { "Elementwise/map_task.c.mustache" }
  let stem: String
  var name = ""
  let formula: String
  let masks: Bool
  let inputs: [String]
  let resultName, value: String
}

extension ScalarExpression {
  /// The functions that it calls, from the outside in, as a part of a name; nil where it calls
  /// none.
  var stem: String? {
    switch self {
    case .call(let function, let arguments):
      ([function.name] + arguments.compactMap(\.stem)).joined(separator: "_")
    case .binary(.add, _, _): "add"
    default: nil
    }
  }
}

extension ScalarExpression {
  /// The expression as its formula is best read: functions that are explained where they stand are
  /// called by name; operators, and a function that stands alone, are written out.
  var displayed: ScalarExpression {
    guard case .call(let function, let arguments) = self,
      arguments.allSatisfy({ if case .variable = $0 { true } else { false } })
    else { return withOperators }
    return function.applied(to: arguments)
  }

  private var withOperators: ScalarExpression {
    let inner = mapChildren(\.withOperators)
    guard case .call(let function, let arguments) = inner, function.isWrittenInPlace else {
      return inner
    }
    return function.applied(to: arguments)
  }
}
