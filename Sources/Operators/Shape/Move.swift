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

  /// Whether whole stretches are moved, which need not be: they are made, or read, in their other place.
  var movesStretches: Bool { get }

  /// Adds the kernel that moves the numbers, and takes them through `activation`.
  func plan(
    then activation: ScalarFunction?, _ node: Graph.Node, in planner: inout KernelPlanner)

  /// Adds the nodes that move `dy` back.
  func addGradient(of dy: GraphValue, to gradient: inout GradientBuilder)
}

extension MovingOperation {
  var surroundings: Double { 0 }
  var movesStretches: Bool { false }
  var isPartOfOperand: Bool { false }

  package var forwardOperation: any ForwardOperation { MovedNumbers(operation: self) }
  package var evaluationOperation: any ForwardOperation {
    MovedNumbers(operation: self).evaluating
  }

  func plan(
    then activation: ScalarFunction?, _ node: Graph.Node, in planner: inout KernelPlanner
  ) { planner.planMoves(of: self, then: activation, node) }

  func addGradient(of dy: GraphValue, to gradient: inout GradientBuilder) {
    gradient.addMoves(of: self, dy)
  }
}

/// Numbers in other places, and the activation after them.
struct MovedNumbers<Moving: MovingOperation>: StoringOperation, ViewingOperation {
  let operation: Moving
  var activation: ScalarFunction?
  var trains = true

  var stores: Bool { !operation.movesStretches }

  func view(of shape: Shape) -> ValueView? {
    guard stores, activation == nil, operation.isPartOfOperand,
      let result = try? operation.resultShape(of: [shape]),
      let move = operation.moves(of: [shape], to: result).first
    else { return nil }
    return ValueView(
      start: move.source.start, steps: move.source.steps, count: shape.elementCount)
  }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    if let result = node.results.first, planner.graph.views.contains(result),
      let view = view(of: planner.model.shape(of: node.activations[0]))
    {
      return planner.putView(view, of: node)
    }
    operation.plan(then: activation, node, in: &planner)
  }

  func addGradient(to gradient: inout GradientBuilder) {
    operation.addGradient(of: gradient.addActivationGradient(activation), to: &gradient)
  }
}

extension KernelPlanner {
  mutating func planMoves(
    of operation: some MovingOperation, then activation: ScalarFunction?, _ node: Graph.Node
  ) {
    guard let index = node.head, let tail = node.layers.last else { return }
    let layer = model.layers[index]
    let shapes = model.operandShapes(of: layer)
    let moves = operation.moves(of: shapes, to: layer.shape)
    let inputs = zip(node.operands, shapes).map { MoveKernel.Value(buffer: place($0), shape: $1) }
    let y = MoveKernel.Value(buffer: makeResult(of: tail, head: index), shape: layer.shape)
    addMoves(
      "\(layer.name)_forward", node, .forward, moves, from: inputs, to: y,
      around: operation.surroundings, activation: activation)
  }

  /// Adds the kernel of `moves`, each from its value of `inputs`.
  mutating func addMoves(
    _ name: String, _ node: Graph.Node, _ phase: Kernel.Phase, _ moves: [Move],
    from inputs: [MoveKernel.Value], to result: MoveKernel.Value, around: Double,
    activation: ScalarFunction? = nil, epilogue: GradientEpilogue? = nil
  ) {
    let count = result.shape.elementCount
    let isWhole = moves.reduce(0) { $0 + $1.count } == count
    let kernel = MoveKernel(
      moves: moves, inputs: inputs, result: result, around: isWhole ? nil : around,
      activation: activation, epilogue: epilogue, pieces: isWhole ? piecesPerBlock(count) : 1)
    add(
      name, layers: node.layers, phase, .perBlock(kernel.pieces), kernel,
      GradientEpilogue.effects(epilogue, reading: inputs.map(\.buffer)) + [.write(result.buffer)],
      operations: GradientEpilogue.operations(epilogue) * Double(count))
  }
}

/// Boxes of numbers that are moved.
struct MoveKernel: KernelSpec {
  private(set) var moves: [Move]
  /// What each move is from.
  private(set) var inputs: [Value]
  let result: Value
  /// What is around the moved numbers; nil where they are all.
  let around: Double?
  /// What each number of a result goes through.
  let activation: ScalarFunction?
  /// What each moved number of a gradient goes through.
  let epilogue: GradientEpilogue?
  /// Tasks a block.
  let pieces: Int

  struct Value: Hashable, Sendable {
    let buffer: BufferID
    let shape: Shape
  }

  var functions: [ScalarFunction] { [activation, epilogue?.function].compactMap { $0 } }
  var acceptsParts: Bool { true }

  func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    let moved = moves.reduce(0) { $0 + $1.count }
    return [(moved <= result.shape.elementCount, "it moves two numbers to one place")]
  }

  var copies: [BufferCopy]? {
    guard around == nil, activation == nil, epilogue == nil else { return nil }
    let copies = zip(moves, inputs).compactMap { $0.copy(from: $1.buffer, to: result.buffer) }
    return copies.count == moves.count ? copies : nil
  }

  func copying(_ copies: [BufferCopy]) -> MoveKernel {
    var kernel = self
    let kept = zip(moves, inputs).filter { move, input in
      move.copy(from: input.buffer, to: result.buffer).map(copies.contains) ?? false
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

/// What fills in the kernel's template.
struct MoveContext: TemplateContext {
  var template: String { "Shape/move.c.mustache" }
  let name, layers, source, formula, shapes, result, buffer, places: String
  let count: Int
  let around, epilogueText: String?
  /// Whether the rest of the result is there before.
  let isPartial: Bool
  let calls: [String]

  init(
    _ spec: MoveKernel, kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) {
    let isGradient = kernel.phase == .backward
    name = names.function(kernel)
    layers = names.layers(kernel.layers)
    source = names.line(of: kernel.head)
    formula =
      isGradient
      ? spec.inputs.count > 1
        ? "input gradient of all of them, each dy in its place"
        : "input gradient of: " + names.formula(of: kernel.head)
      : names.formula(of: kernel.head)
    result = isGradient ? "dx" : "y"
    let operand = isGradient ? "dy" : "x"
    let inputs = spec.inputs.enumerated().map { index, input in
      "\(operand)\(spec.inputs.count > 1 ? "\(index)" : "") \(input.shape)"
    }
    shapes = (inputs + ["\(result) \(spec.result.shape)"]).joined(separator: ", ")
    buffer = names.lanes(spec.result.buffer)
    count = spec.result.shape.elementCount
    isPartial = spec.around == nil && spec.moves.reduce(0) { $0 + $1.count } < count
    places =
      spec.pieces > 1 ? "task / \(spec.pieces), piece = task % \(spec.pieces)" : "task"
    let stored = StoredValue(spec.activation)
    around = spec.around.map {
      guard $0 != 0 || stored.masks else { return "(vec){0}" }
      let value = names.activated("splat(\(CText.real($0)))", by: spec.activation)
      return "masked(\(value), active_lanes(s, block))"
    }
    epilogueText =
      spec.epilogue.map { $0.text(names) } ?? stored.comment(kernel.layers, names)
    let function = CopyBox.name(stored, spec.epilogue, names, sharing: &shared)
    let (result, pieces) = (result, spec.pieces > 1 ? "piece, \(spec.pieces)" : "0, 1")
    calls = zip(spec.moves, spec.inputs).map { move, input in
      let axes = Axes(sizes: move.sizes, steps: [move.source.steps, move.target.steps])
      func at(_ pointer: String, _ start: Int) -> String {
        start > 0 ? "\(pointer) + \(start)" : pointer
      }
      let from = "\(names.lanes(input.buffer)) + block * \(input.shape.elementCount)"
      let saved = (spec.epilogue?.saved ?? []).map {
        at("\(names.lanes($0)) + block * \(spec.result.shape.elementCount)", move.target.start)
      }
      return CText.call(
        function.name,
        (function.masks ? ["active_lanes(s, block)"] : [])
          + [
            pieces, axes.sizeText, axes.stepText(0), at(from, move.source.start),
            axes.stepText(1),
          ] + saved + [at(result, move.target.start)])
    }
  }
}

/// The function that moves a box.
struct CopyBox: SharedFunction {
  var template: String { "Shape/copy_box.c.mustache" }
  let stem: String
  var name = ""
  let masks: Bool
  let saved: [String]
  let value: String

  /// The function that copies, or takes each number through an activation or `epilogue`.
  static func name(
    _ stored: StoredValue, _ epilogue: GradientEpilogue?, _ names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) -> (name: String, masks: Bool) {
    shared.define(.axes)
    shared.define(.place)
    let x = "x[place(from, 0, i, j, k, l)]"
    let slope = epilogue?.function.body.isNotZeroAtZero == true
    let value = names.value(x, epilogue, at: "place(to, 0, i, j, k, l)")
    let name = shared.name(
      CopyBox(
        stem: ["copy_box", epilogue?.function.name].compactMap { $0 }.joined(separator: "_")
          + stored.suffix,
        masks: slope || stored.masks, saved: epilogue?.savedNames ?? [],
        value: epilogue == nil
          ? stored.text(x, names) : slope ? "masked(\(value), active)" : value))
    return (name, slope || stored.masks)
  }
}
