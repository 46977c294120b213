import IR
import Lowering

extension Shape {
  /// How far numbers lie apart along each axis where the channels are in the lanes, as `layout` says.
  fileprivate func steps(in layout: ChannelLayout) -> [Int] {
    let row = layout.row
    return switch dimensions.count {
    case 1: [1]
    case 2: [1, layout.stride]
    case 3: [1, row, layout.stride]
    default: [1, dimensions[2] * row, row, layout.stride]
    }
  }

  /// How many numbers of each axis are there.
  fileprivate func extents(in layout: ChannelLayout) -> [Int] {
    guard dimensions.count == 2 || dimensions.count == 3 else { return dimensions }
    return [dimensions[0]] + (dimensions.count == 3 ? [layout.height] : []) + [layout.width]
  }

  /// The index of the number that is `distance` numbers behind the first one.
  func index(of distance: Int) -> [Int] {
    var rest = distance
    return steps.map { step in
      defer { rest %= step }
      return rest / step
    }
  }
}

extension Move {
  /// The same box where the channels of both values are in the lanes, as far as it is there; nil where
  /// none of it is.
  func inChannels(
    from source: (shape: Shape, layout: ChannelLayout),
    to target: (shape: Shape, layout: ChannelLayout)
  ) -> Move? {
    func place(_ place: Place, _ value: (shape: Shape, layout: ChannelLayout)) -> Place {
      let steps = value.shape.steps(in: value.layout)
      func distance(_ numbers: Int) -> Int {
        zip(value.shape.index(of: numbers), steps).reduce(0) { $0 + $1.0 * $1.1 }
      }
      return Place(start: distance(place.start), steps: place.steps.map(distance))
    }
    let first = target.shape.index(of: self.target.start)
    let extents = target.shape.extents(in: target.layout)
    guard zip(first, extents).allSatisfy({ $0 < $1 }) else { return nil }
    var whole = Move(
      sizes: sizes, source: place(self.source, source), target: place(self.target, target))
    for box in sizes.indices where sizes[box] > 1 {
      let step = target.shape.index(of: self.target.steps[box])
      for axis in extents.indices where step[axis] > 0 {
        whole.sizes[box] = min(
          whole.sizes[box], (extents[axis] - first[axis] - 1) / step[axis] + 1)
      }
    }
    return whole
  }

  /// The axes along which it is walked, those of the result's next numbers innermost.
  fileprivate var axes: Axes {
    let order = sizes.indices.sorted { target.steps[$0] > target.steps[$1] }
    return Axes(
      sizes: order.map { sizes[$0] },
      steps: [source, target].map { place in order.map { place.steps[$0] } })
  }
}

extension KernelPlanner {
  /// The kernel of moves between values whose channels are in the lanes.
  mutating func planMoves(
    of operation: some MovingOperation, then activation: Activation?, _ node: Graph.Node,
    of operands: [ChannelValue]
  ) {
    guard let index = node.head else { return }
    let layer = model.layers[index]
    let shapes = model.operandShapes(of: layer)
    let y = makeChannelResult(of: node)
    var boxes: [ChannelMove.Box] = []
    var isFilled = false
    for (position, move) in operation.moves(of: shapes, to: layer.shape).enumerated() {
      if let part = layouts.part(of: layer.operands[position]), part.role == .fills,
        part.whole == .result(of: index)
      {
        isFilled = true
      } else if let moved = move.inChannels(
        from: (shapes[position], operands[position].layout), to: (layer.shape, y.layout))
      {
        boxes.append(ChannelMove.Box(move: moved, x: operands[position]))
      }
    }
    if boxes.isEmpty && isFilled { return }
    let moved = boxes.reduce(0) { $0 + $1.move.count }
    add(
      "\(layer.name)_forward", layers: node.layers, .forward, .serial,
      ChannelMove(
        boxes: boxes, around: isFilled || moved == y.layout.count ? nil : operation.surroundings,
        activation: activation, slopes: slopes(of: node, activation), y: y),
      boxes.map { .read($0.x.buffer) } + [.write(y.buffer)], operations: 0)
  }
}

/// Numbers in other places, channels in the lanes.
struct ChannelMove: KernelSpec {
  let boxes: [Box]
  /// What is around the moved numbers; nil where the result has no others, or other kernels make them.
  let around: Double?
  /// What each number goes through, and what brings its slopes into vectors of channels.
  let activation: Activation?
  let slopes: PackedWeights?
  let y: ChannelValue

  /// What is moved of an operand.
  struct Box: Hashable, Sendable {
    let move: Move
    let x: ChannelValue
  }

  var values: [(buffer: BufferID, layout: ChannelLayout)] {
    (boxes.map(\.x) + [y]).map { ($0.buffer, $0.layout) }
  }

  var packedWeights: PackedWeights? { slopes }

  var functions: [ScalarFunction] { activation.functions }

  func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    let moved = boxes.reduce(0) { $0 + $1.move.count }
    return [
      (moved <= y.layout.positions * y.layout.channels, "it moves two numbers to one place")
    ]
  }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    shared.define(.axes)
    shared.define(.place)
    let lanes = names.plan.lanes
    func at(_ pointer: String, _ start: Int) -> String {
      start > 0 ? "\(pointer) + \(start)" : pointer
    }
    var calls: [String] = []
    if let around {
      calls.append(
        CText.call(
          shared.name(SharedText.fillPositions),
          [y.layout.positions, y.layout.channels, y.layout.numbers, y.layout.stride].map(
            String.init)
            + [CText.real(around), "y"]))
    }
    calls += boxes.map { box in
      let axes = box.move.axes
      return CText.call(
        shared.name(SharedText.copyNumbers),
        [
          axes.sizeText, axes.stepText(0),
          at("s->scratch + \(names.buffer(box.x.buffer))", box.move.source.start),
          axes.stepText(1), at("y", box.move.target.start),
        ])
    }
    if let activation {
      calls.append(
        CText.call(
          shared.name(ChannelThrough(activation, names)),
          ["\(y.layout.positions)", "\(y.layout.vectors(of: lanes))", y.layout.apart(of: lanes)]
            + (slopes?.slopeArguments(names) ?? [])
            + [names.lanes(y.buffer)]))
    }
    let inputs = boxes.enumerated().map { index, box in
      "x\(boxes.count > 1 ? "\(index)" : "") \(box.x.layout.text)"
    }
    return ChannelMoveContext(
      name: names.function(kernel), layers: names.layers(kernel.layers),
      source: names.line(of: kernel.head), formula: names.formula(of: kernel.head),
      shapes: (inputs + ["y \(y.layout.text)"]).joined(separator: ", "),
      buffer: names.buffer(y.buffer),
      epilogueText: StoredValue(activation).comment(kernel.layers, names), calls: calls)
  }
}

extension SharedText {
  fileprivate static let fillPositions = SharedText(
    "fill_positions", template: "Shape/channels_fill.c.mustache")
  fileprivate static let copyNumbers = SharedText(
    "copy_numbers", template: "Shape/channels_copy.c.mustache")
}

/// The function that takes vectors of channels through an activation.
struct ChannelThrough: SharedFunction {
  var template: String { "Shape/channels_through.c.mustache" }
  let stem: String
  var name = ""
  let slope: Bool
  let formula, value: String

  init(_ activation: Activation, _ names: CodegenContext) {
    stem = "through_\(activation.name)"
    slope = activation.slope != nil
    formula = activation.function.body.formula
    value = names.activated("y[v]", by: activation)
  }
}

/// What fills in the kernel's template.
struct ChannelMoveContext: TemplateContext {
  var template: String { "Shape/channels_move.c.mustache" }
  let name, layers, source, formula, shapes, buffer: String
  let epilogueText: String?
  let calls: [String]
}
