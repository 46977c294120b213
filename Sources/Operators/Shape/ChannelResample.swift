import IR
import Lowering

extension KernelPlanner {
  /// The kernel of an upsampling of `x`, whose channels are in the lanes.
  mutating func planUpsample(
    _ operation: UpsampleOperation, _ node: Graph.Node, of x: ChannelValue
  ) {
    let upsample = operation.upsample
    planResample(
      upsample.mode == .nearest ? .nearest : .between(align: upsample.alignsCorners), node, of: x,
      then: operation.activation,
      operations: upsample.mode == .nearest ? 0 : 4)
  }

  /// The kernel of a pad whose numbers are those of the edge or within it, channels in the lanes.
  mutating func planPad(
    _ pad: Pad, then activation: Activation?, _ node: Graph.Node, of x: ChannelValue
  ) {
    guard let index = node.head,
      let before = try? pad.margins(of: model.shape(of: model.layers[index].operands[0])).before
    else { return }
    let (rows, columns) = (before.count > 2 ? before[1] : 0, before[before.count - 1])
    planResample(
      pad.mode == .edge
        ? .clamped(rows: rows, columns: columns) : .reflected(rows: rows, columns: columns),
      node, of: x, then: activation, operations: 0)
  }

  private mutating func planResample(
    _ places: ChannelResample.Places, _ node: Graph.Node, of x: ChannelValue,
    then activation: Activation?, operations: Int
  ) {
    guard let index = node.head else { return }
    let shape = model.layers[index].shape
    let y = makeChannelResult(of: node)
    addForward(
      node, .serial,
      ChannelResample(
        places: places, shape: shape, activation: activation,
        slopes: slopes(of: node, activation), x: x, y: y),
      operations: Double(operations * y.layout.positions * y.layout.channels))
  }
}

/// Each position of a result from positions of the operand that its indices say, channels in the lanes.
struct ChannelResample: KernelSpec {
  let places: Places
  /// That of the whole result, of which only what something reads may be there.
  let shape: Shape
  /// What each number goes through, and what brings its slopes into vectors of channels.
  let activation: Activation?
  let slopes: PackedWeights?
  let x, y: ChannelValue

  /// Which positions.
  enum Places: Hashable, Sendable {
    case nearest
    case between(align: Bool)
    case clamped(rows: Int, columns: Int)
    case reflected(rows: Int, columns: Int)
  }

  var values: [(buffer: BufferID, layout: ChannelLayout)] {
    [x, y].map { ($0.buffer, $0.layout) }
  }

  var packedWeights: PackedWeights? { slopes }

  var functions: [ScalarFunction] { activation.functions }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    shared.define(.axes)
    shared.define(.pitch)
    let lanes = names.plan.lanes
    func axes(_ rows: Int, _ columns: Int) -> String {
      "(struct axes){\(CText.list([1, 1, rows, columns]))}"
    }
    let slope = activation?.slope != nil
    let by: String
    let function: String
    switch places {
    case .nearest:
      shared.define(.nearest)
      by = axes(shape.height, shape.width)
      function = shared.name(
        ChannelPlaces(
          "upsample_nearest", activation, by: "n", names,
          index: { "nearest(\($0), size.\($1), n.\($1))" }))
    case .between:
      shared.define(.between)
      by = axes(shape.height, shape.width)
      function = shared.name(
        ChannelBetween(
          stem: "upsample_linear" + activation.suffix, slope: slope,
          value: activation.map { names.activated("y[v]", by: $0) }))
    case .clamped(let rows, let columns), .reflected(let rows, let columns):
      let index = if case .clamped = places { "clamped" } else { "reflected" }
      shared.define(SharedText(index, template: "Shape/\(index).c.mustache"))
      by = axes(rows, columns)
      function = shared.name(
        ChannelPlaces(
          "pad_\(index)", activation, by: "before", names,
          index: { "\(index)(\($0) - before.\($1), size.\($1))" }))
    }
    let align = if case .between(let align) = places { [align ? "1" : "0"] } else { [String]() }
    return ChannelKernelContext(
      kernel, names, shapes: "x \(x.layout.text), y \(y.layout.text)",
      call: CText.call(
        function,
        [y.layout.height, y.layout.width, y.layout.vectors(of: lanes)].map(String.init)
          + [
            x.layout.pitch(of: lanes), y.layout.apart(of: lanes), by,
            axes(x.layout.height, x.layout.width),
          ] + align
          + (slopes?.slopeArguments(names) ?? []) + [x.buffer, y.buffer].map(names.lanes)))
  }
}

/// The function of a kernel whose positions are each one of the operand's.
struct ChannelPlaces: SharedFunction {
  var template: String { "Shape/channels_places.c.mustache" }
  let stem: String
  var name = ""
  /// What the axes are called that say more of the places.
  let by: String
  let slope: Bool
  let row, column, value: String

  /// - Parameter index: C for the index in x of `i` or `j` along the axis `k` or `l`.
  init(
    _ stem: String, _ activation: Activation?, by: String, _ names: CodegenContext,
    index: (String, String) -> String
  ) {
    self.stem = stem + activation.suffix
    self.by = by
    slope = activation?.slope != nil
    row = index("i", "k")
    column = index("j", "l")
    value = names.activated("at[v]", by: activation)
  }
}

/// The function of a kernel whose positions lie between the operand's.
struct ChannelBetween: SharedFunction {
  var template: String { "Shape/channels_between.c.mustache" }
  let stem: String
  var name = ""
  let slope: Bool
  /// What becomes of the sum; nil where nothing does.
  let value: String?
}
