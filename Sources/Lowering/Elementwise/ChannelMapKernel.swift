import IR

extension KernelPlanner {
  /// Adds the kernel of `node` that computes `expression` number by number, channels in the lanes.
  mutating func addChannelMap(
    _ node: Graph.Node, _ expression: ScalarExpression, then activation: Activation?,
    _ inputs: Zip2Sequence<[String], [ChannelValue]>
  ) {
    let y = makeChannelResult(of: node)
    addForward(
      node, .serial,
      ChannelMapKernel(
        expression: expression,
        inputs: inputs.map { .init(name: $0, buffer: $1.buffer, layout: $1.layout) },
        activation: activation, slopes: slopes(of: node, activation), y: y.buffer,
        output: y.layout),
      operations: Double(y.layout.positions * y.layout.channels * expression.operationCount))
  }
}

/// Each number from its like in other values, channels in the lanes.
package struct ChannelMapKernel: KernelSpec {
  package var expression: ScalarExpression
  package var inputs: [Input]
  /// What the number goes through, its slope learned, and what brings the slopes into vectors of channels.
  package var activation: Activation?
  package var slopes: PackedWeights?
  package var y: BufferID
  package var output: ChannelLayout

  /// A value that is read, by its name in the expression.
  package struct Input: Hashable, Sendable {
    package var name: String
    package var buffer: BufferID
    package var layout: ChannelLayout
  }

  package var values: [(buffer: BufferID, layout: ChannelLayout)] {
    inputs.map { ($0.buffer, $0.layout) } + [(y, output)]
  }

  package var functions: [ScalarFunction] { expression.functions + activation.functions }

  package var packedWeights: PackedWeights? { slopes }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    let lanes = names.plan.lanes
    // One position, whose channels serve all.
    let lone = output.positions == 1 ? [] : inputs.filter { $0.layout.positions == 1 }
    let apart = inputs.filter { !lone.contains($0) }
    // Vectors that follow each other without a gap in all values need no rows.
    let isFlat =
      output.isDense && apart.allSatisfy { $0.layout.isDense && $0.layout.width == output.width }
    if !isFlat { shared.define(.pitch) }
    let places = inputs.map { input in
      let name = input.name
      if lone.contains(input) { return (name, isFlat ? "\(name)[k % vectors]" : "\(name)[v]") }
      return (
        name,
        isFlat ? "\(name)[k]" : "\(name)[i * \(name)_pitch.row + j * \(name)_pitch.position + v]"
      )
    }
    let number = names.vector(expression, Dictionary(uniqueKeysWithValues: places))
    let hasPosition = !lone.isEmpty || slopes != nil
    let function = shared.name(
      ChannelMapTask(
        stem: ["channel_map", expression.stem].compactMap { $0 }.joined(separator: "_")
          + activation.suffix,
        formula: "y = \(expression.displayed.formula)"
          + (activation.map { ", then y = \($0.function.body.formula)" } ?? ""),
        inputs: inputs.map(\.name), pitches: apart.map(\.name), isFlat: isFlat,
        lone: lone.map(\.name) + (slopes == nil ? [] : ["slope"]), hasPosition: hasPosition,
        slope: slopes != nil,
        value: names.activated(
          number, by: activation, slopes: isFlat ? "slope[k % vectors]" : "slope[v]")))
    let vectors = "\(output.vectors(of: lanes))"
    let sizes =
      isFlat
      ? ["\(output.count / lanes)"] + (hasPosition ? [vectors] : [])
      : ["\(output.height)", "\(output.width)", vectors]
        + apart.map { $0.layout.pitch(of: lanes) } + [output.apart(of: lanes)]
    let shapes = inputs.map { "\($0.name) \($0.layout.text)" } + ["y \(output.text)"]
    return ChannelKernelContext(
      kernel, names, shapes: shapes.joined(separator: ", "),
      call: CText.call(
        function,
        sizes
          + (slopes?.slopeArguments(names) ?? []) + (inputs.map(\.buffer) + [y]).map(names.lanes)))
  }
}

/// The function of the kernel.
struct ChannelMapTask: SharedFunction {
  var template: String { "Elementwise/channels_task.c.mustache" }
  let stem: String
  var name = ""
  let formula: String
  let inputs: [String]
  /// Those with as many positions as the result.
  let pitches: [String]
  /// Whether all vectors follow each other without a gap.
  let isFlat: Bool
  /// Those of one position, whose `vectors` vectors serve for each position.
  let lone: [String]
  /// Whether there are any, and whether one of them is the activation's slopes.
  let hasPosition, slope: Bool
  let value: String
}
