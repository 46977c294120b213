import IR
import Lowering

extension GradientBuilder {
  mutating func addMoves(of operation: some MovingOperation, _ dy: GraphValue) {
    let shapes = model.operandShapes(of: model.layers[head])
    let moves = operation.moves(of: shapes, to: model.layers[head].shape)
    for (position, move) in moves.enumerated() {
      guard let dx = contribution(to: position) else { continue }
      add(
        MoveGradient(move.reversed, from: model.layers[head].shape, to: shapes[position]),
        layers: [head],
        operands: [dy],
        results: [dx])
      contribute(dx, to: position)
    }
  }
}

/// dx of moves: the numbers of each dy back in their places, 0 around them.
struct MoveGradient: PlacingGradient {
  let label = "gradient"
  private var moves: [Move]
  /// The shape of each dy.
  private var sources: [Shape]
  /// From the first to the last place of each in dx, along each axis.
  private var ranges: [[ClosedRange<Int>]]
  /// That of dx.
  private let shape: Shape
  var epilogue: ScalarFunction?

  init(_ move: Move, from source: Shape, to shape: Shape) {
    moves = [move]
    sources = [source]
    ranges = [move.targetRanges(in: shape)]
    self.shape = shape
  }

  func joining(_ other: any PlacingGradient) -> (any PlacingGradient)? {
    guard let other = other as? MoveGradient, other.shape == shape,
      ranges.allSatisfy({ one in
        other.ranges.allSatisfy { zip(one, $0).contains { !$0.overlaps($1) } }
      })
    else { return nil }
    var whole = self
    whole.moves += other.moves
    whole.sources += other.sources
    whole.ranges += other.ranges
    return whole
  }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let epilogue = planner.epilogue(self, node)
    let inputs = zip(node.operands, sources).map {
      MoveKernel.Value(buffer: planner.place($0), shape: $1)
    }
    let dx = StoredResult(y: planner.makePart(node.results[0]))
    planner.addMoves(
      "\(planner.model.layers[index].name)_backward", node, .backward, moves, from: inputs,
      to: dx, shape, around: 0, epilogue: epilogue)
  }
}

extension Move {
  /// From the first to the last target along each axis of a value of `shape`; all of it where the axes
  /// of the box are others: in another order, which steps alone do not tell of an axis of size 1.
  fileprivate func targetRanges(in shape: Shape) -> [ClosedRange<Int>] {
    let isAligned = zip(target.steps, shape.steps).allSatisfy { $0 % $1 == 0 }
    guard isAligned, target.steps.count == shape.steps.count else {
      return shape.dimensions.map { 0...$0 - 1 }
    }
    let ranges = shape.dimensions.indices.map { axis in
      let step = shape.steps[axis]
      let first = target.start / step % shape.dimensions[axis]
      return first...first + (sizes[axis] - 1) * target.steps[axis] / step
    }
    let fits = zip(ranges, shape.dimensions).allSatisfy { $0.upperBound < $1 }
    return fits ? ranges : shape.dimensions.map { 0...$0 - 1 }
  }
}
