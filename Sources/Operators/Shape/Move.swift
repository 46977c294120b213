import IR
import Lowering

/// A box of numbers of one value that lie in another too.
struct Move: Hashable, Sendable {
  /// How many numbers along each axis of the box.
  var sizes: [Int]
  /// Where they lie in the one value, and in the other.
  var source, target: Place

  /// Where the numbers of a box lie in a value.
  struct Place: Hashable, Sendable {
    /// The first one.
    var start = 0
    /// How far they lie apart along each axis.
    var steps: [Int]
  }

  /// The other way.
  var reversed: Move { Move(sizes: sizes, source: target, target: source) }

  var count: Int { sizes.reduce(1, *) }

  /// What is copied where the box is one stretch of both values; nil where it is not.
  func copy(from source: BufferID, to target: BufferID) -> BufferCopy? {
    let axes = Axes(sizes: sizes, steps: [self.source.steps, self.target.steps])
    guard axes.sizes.count <= 1, axes.steps.allSatisfy({ $0.allSatisfy { $0 == 1 } }) else {
      return nil
    }
    return BufferCopy(
      from: source, at: self.source.start, to: target, at: self.target.start, count: count)
  }
}

/// An operation whose result holds numbers of its operands in other places: no formula computes
/// them. Its gradient moves them back.
protocol MovingOperation: LoweredOperation {
  /// The box of each operand that lies in the result. No two lie in one place.
  func moves(of operands: [Shape], to result: Shape) -> [Move]

  /// What is in the result where nothing is moved.
  var surroundings: Double { get }

  /// Whether its result may be read where the operand lies: what it takes of that follows in its order.
  var isPartOfOperand: Bool { get }

  /// How the kernel of that reads an operand which is a part of another value.
  var readsChannelParts: ChannelReading { get }

  /// Whether its result is its operands beside each other.
  var joinsOperands: Bool { get }

  /// Whether whole stretches are moved, which need not be: they are made, or read, in their other place.
  var movesStretches: Bool { get }

  /// Adds the kernel that moves the numbers of `operands`, whose channels are in the lanes, and takes them
  /// through `activation`.
  func plan(
    then activation: Activation?, _ node: Graph.Node, of operands: [ChannelValue],
    in planner: inout KernelPlanner)

  /// Whether there is one.
  func hasChannelKernels(for operands: [Shape]) -> Bool

  /// Adds the kernel that moves the numbers.
  func plan(into result: StoredResult, _ node: Graph.Node, in planner: inout KernelPlanner)

  /// Adds the nodes that move `dy` back.
  func addGradient(of dy: GraphValue, to gradient: inout GradientBuilder)
}

extension MovingOperation {
  var surroundings: Double { 0 }
  var movesStretches: Bool { false }
  var isPartOfOperand: Bool { false }
  var joinsOperands: Bool { false }
  var readsChannelParts: ChannelReading { .numbers }

  package var forwardOperation: any ForwardOperation { MovedNumbers(operation: self) }
  package var evaluationOperation: any ForwardOperation {
    MovedNumbers(operation: self).evaluating
  }

  func plan(into result: StoredResult, _ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.planMoves(of: self, into: result, node)
  }

  func plan(
    then activation: Activation?, _ node: Graph.Node, of operands: [ChannelValue],
    in planner: inout KernelPlanner
  ) { planner.planMoves(of: self, then: activation, node, of: operands) }

  func hasChannelKernels(for operands: [Shape]) -> Bool { true }

  func addGradient(of dy: GraphValue, to gradient: inout GradientBuilder) {
    gradient.addMoves(of: self, dy)
  }
}

/// Numbers in other places, and the activation after them.
struct MovedNumbers<Moving: MovingOperation>: StoringOperation, ViewingOperation, BoxOperation {
  let operation: Moving
  var activation: Activation?
  var trains = true

  var stores: Bool { !operation.movesStretches }
  var followsOperands: Bool { true }

  func hasChannelKernels(for operands: [Shape]) -> Bool {
    operation.hasChannelKernels(for: operands)
  }

  var readsChannelParts: ChannelReading { operation.readsChannelParts }

  var makesChannelParts: Bool { true }

  func starts(of operands: [Shape]) -> [[Int]]? {
    guard operation.joinsOperands, activation == nil, operands[0].dimensions.count <= 3,
      let result = try? operation.resultShape(of: operands)
    else { return nil }
    return operation.moves(of: operands, to: result).map { result.index(of: $0.target.start) }
  }

  func box(of shape: Shape) -> (starts: [Int], steps: [Int])? {
    guard operation.isPartOfOperand, activation == nil, shape.dimensions.count <= 3,
      let result = try? operation.resultShape(of: [shape]),
      let source = operation.moves(of: [shape], to: result).first?.source
    else { return nil }
    return (shape.index(of: source.start), zip(source.steps, shape.steps).map { $0 / $1 })
  }

  func view(of shape: Shape) -> ValueView? {
    guard stores, activation == nil, operation.isPartOfOperand,
      let result = try? operation.resultShape(of: [shape]),
      let move = operation.moves(of: [shape], to: result).first
    else { return nil }
    return ValueView(
      start: move.source.start, steps: move.source.steps, count: shape.elementCount)
  }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    if planner.putChannelView(of: node) { return }
    if let result = node.results.first, planner.graph.views.contains(result),
      let view = view(of: planner.model.shape(of: node.activations[0]))
    {
      return planner.putView(view, of: node)
    }
    let operands = node.activations.compactMap { planner.channels(.activation($0)) }
    if operands.count == node.activations.count {
      return operation.plan(then: activation, node, of: operands, in: &planner)
    }
    operation.plan(into: planner.makeStored(by: self, node), node, in: &planner)
  }

  func addGradient(to gradient: inout GradientBuilder) {
    operation.addGradient(of: gradient.addActivationGradient(activation), to: &gradient)
  }
}

extension KernelPlanner {
  mutating func planMoves(
    of operation: some MovingOperation, into result: StoredResult, _ node: Graph.Node
  ) {
    guard let index = node.head else { return }
    let layer = model.layers[index]
    let shapes = model.operandShapes(of: layer)
    let moves = operation.moves(of: shapes, to: layer.shape)
    let inputs = zip(node.operands, shapes).map { MoveKernel.Value(buffer: place($0), shape: $1) }
    addMoves(
      "\(layer.name)_forward", node, .forward, moves, from: inputs, to: result, layer.shape,
      around: operation.surroundings)
  }

  /// Adds the kernel of `moves`, each from its value of `inputs`.
  mutating func addMoves(
    _ name: String, _ node: Graph.Node, _ phase: Kernel.Phase, _ moves: [Move],
    from inputs: [MoveKernel.Value], to result: StoredResult, _ shape: Shape, around: Double,
    epilogue: GradientEpilogue? = nil
  ) {
    let count = shape.elementCount
    let isWhole = moves.reduce(0) { $0 + $1.count } == count
    let kernel = MoveKernel(
      moves: moves, inputs: inputs, result: result, shape: shape, around: isWhole ? nil : around,
      epilogue: epilogue, pieces: isWhole ? piecesPerBlock(count) : 1)
    add(
      name, layers: node.layers, phase, .perBlock(kernel.pieces), kernel,
      GradientEpilogue.effects(epilogue, reading: inputs.map(\.buffer)) + result.effects,
      operations: GradientEpilogue.operations(epilogue) * Double(count))
  }
}

/// Boxes of numbers that are moved.
struct MoveKernel: KernelSpec {
  private(set) var moves: [Move]
  /// What each move is from.
  private(set) var inputs: [Value]
  let result: StoredResult
  /// That of the result.
  let shape: Shape
  /// What is around the moved numbers; nil where they are all.
  let around: Double?
  /// What each moved number of a gradient goes through.
  let epilogue: GradientEpilogue?
  /// Tasks a block.
  let pieces: Int

  struct Value: Hashable, Sendable {
    let buffer: BufferID
    let shape: Shape
  }

  var functions: [ScalarFunction] {
    result.stored.functions + [epilogue?.function].compactMap { $0 }
  }
  var acceptsParts: Bool { true }

  func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    let moved = moves.reduce(0) { $0 + $1.count }
    return [(moved <= shape.elementCount, "it moves two numbers to one place")]
  }

  var copies: [BufferCopy]? {
    guard around == nil, result.activation == nil, epilogue == nil else { return nil }
    let copies = zip(moves, inputs).compactMap { $0.copy(from: $1.buffer, to: result.y) }
    return copies.count == moves.count ? copies : nil
  }

  func copying(_ copies: [BufferCopy]) -> MoveKernel {
    var kernel = self
    let kept = zip(moves, inputs).filter { move, input in
      move.copy(from: input.buffer, to: result.y).map(copies.contains) ?? false
    }
    kernel.moves = kept.map(\.0)
    kernel.inputs = kept.map(\.1)
    return kernel
  }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    MoveContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}
