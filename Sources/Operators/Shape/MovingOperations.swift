import IR
import Lowering

// Where the numbers of each operation that moves numbers come from and go to.

extension Transpose: MovingOperation {
  func moves(of operands: [Shape], to result: Shape) -> [Move] {
    guard let order = try? order(in: operands[0]) else { return [] }
    return [
      Move(
        sizes: result.dimensions, source: .init(steps: order.map { operands[0].steps[$0] }),
        target: .init(steps: result.steps))
    ]
  }
}

extension AxisRange {
  /// The box of a value of `shape` that is taken.
  func move(of shape: Shape) -> Move {
    let result = self.shape(of: shape)
    var steps = shape.steps
    steps[axis] *= step
    return Move(
      sizes: result.dimensions, source: .init(start: start * shape.steps[axis], steps: steps),
      target: .init(steps: result.steps))
  }
}

extension Axis {
  /// Whether it is written as the channels, of which each is one stretch.
  fileprivate var isFirst: Bool { self == .channels || self == .number(1) }
}

extension Slice: MovingOperation, ChannelBoxOperation {
  package func keepsPositions(of shape: Shape) -> Bool { movesStretches }
  var movesStretches: Bool { axis.isFirst && step == 1 }
  var isPartOfOperand: Bool { true }

  func moves(of operands: [Shape], to result: Shape) -> [Move] {
    ((try? range(of: operands[0])).map { [$0.move(of: operands[0])] }) ?? []
  }
}

extension Part: MovingOperation, ChannelBoxOperation {
  package func keepsPositions(of shape: Shape) -> Bool { movesStretches }
  var movesStretches: Bool { axis.isFirst }
  var isPartOfOperand: Bool { true }

  func moves(of operands: [Shape], to result: Shape) -> [Move] {
    ((try? range(of: operands[0])).map { [$0.move(of: operands[0])] }) ?? []
  }
}

extension Concat: MovingOperation, ChannelBoxOperation {
  package func keepsPositions(of shape: Shape) -> Bool { movesStretches }
  var joinsOperands: Bool { true }
  var movesStretches: Bool { axis.isFirst }

  func moves(of operands: [Shape], to result: Shape) -> [Move] {
    guard let axis = try? axis.index(in: result, for: keyword) else { return [] }
    var start = 0
    return operands.map { shape in
      let place = AxisRange(axis: axis, start: start, count: shape.dimensions[axis])
      start += shape.dimensions[axis]
      // What a slice of the result would be, the other way.
      return place.move(of: result).reversed
    }
  }
}

extension Pad: MovingOperation {
  var surroundings: Double { value }
  var readsChannelParts: ChannelReading { mode == .constant ? .numbers : .vectors }

  func moves(of operands: [Shape], to result: Shape) -> [Move] {
    guard let before = try? margins(of: operands[0]).before else { return [] }
    let start = zip(before, result.steps).reduce(0) { $0 + $1.0 * $1.1 }
    return [
      Move(
        sizes: operands[0].dimensions, source: .init(steps: operands[0].steps),
        target: .init(start: start, steps: result.steps))
    ]
  }

  func plan(into result: StoredResult, _ node: Graph.Node, in planner: inout KernelPlanner) {
    if mode == .constant {
      planner.planMoves(of: self, into: result, node)
    } else {
      planner.planPad(self, into: result, node)
    }
  }

  func plan(
    then activation: Activation?, _ node: Graph.Node, of operands: [ChannelValue],
    in planner: inout KernelPlanner
  ) {
    if mode == .constant {
      planner.planMoves(of: self, then: activation, node, of: operands)
    } else {
      planner.planPad(self, then: activation, node, of: operands[0])
    }
  }

  /// The numbers of an edge are whole positions where no channels are added.
  func hasChannelKernels(for operands: [Shape]) -> Bool {
    if mode == .constant { return true }
    guard operands[0].dimensions.count <= 3, let margins = try? margins(of: operands[0]) else {
      return false
    }
    return operands[0].dimensions.count > 1 && margins.before[0] + margins.after[0] == 0
  }

  func addGradient(of dy: GraphValue, to gradient: inout GradientBuilder) {
    if mode == .constant { return gradient.addMoves(of: self, dy) }
    guard let dx = gradient.contribution(to: 0) else { return }
    gradient.add(PadGradient(pad: self), layers: [gradient.head], operands: [dy], results: [dx])
    gradient.contribute(dx, to: 0)
  }
}
