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
protocol MovingOperation: LoweredOperation, ForwardOperation {
  /// The box of each operand that lies in the result. No two lie in one place.
  func moves(of operands: [Shape], to result: Shape) -> [Move]

  /// What is in the result where nothing is moved.
  var surroundings: Double { get }
}

extension MovingOperation {
  var surroundings: Double { 0 }

  package func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.planMoves(of: self, node)
  }

  package func addGradient(to gradient: inout GradientBuilder) {
    gradient.addMoves(of: self)
  }
}

extension KernelPlanner {
  mutating func planMoves(of operation: some MovingOperation, _ node: Graph.Node) {
    guard let index = node.head else { return }
    let layer = model.layers[index]
    let shapes = model.operandShapes(of: layer)
    let moves = operation.moves(of: shapes, to: layer.shape)
    let inputs = zip(node.operands, shapes).map { MoveKernel.Value(buffer: place($0), shape: $1) }
    let y = MoveKernel.Value(buffer: makeResult(of: index, head: index), shape: layer.shape)
    addMoves(
      "\(layer.name)_forward", node, .forward, moves, from: inputs, to: y,
      around: operation.surroundings)
  }

  /// Adds the kernel of `moves`, each from its value of `inputs`.
  fileprivate mutating func addMoves(
    _ name: String, _ node: Graph.Node, _ phase: Kernel.Phase, _ moves: [Move],
    from inputs: [MoveKernel.Value], to result: MoveKernel.Value, around: Double,
    epilogue: GradientEpilogue? = nil
  ) {
    let count = result.shape.elementCount
    let isWhole = moves.reduce(0) { $0 + $1.count } == count
    let kernel = MoveKernel(
      moves: moves, inputs: inputs, result: result, around: isWhole ? nil : around,
      epilogue: epilogue, pieces: isWhole ? piecesPerBlock(count) : 1)
    add(
      name, layers: node.layers, phase, .perBlock(kernel.pieces), kernel,
      GradientEpilogue.effects(epilogue, reading: inputs.map(\.buffer)) + [.write(result.buffer)],
      operations: GradientEpilogue.operations(epilogue) * Double(count))
  }
}

extension GradientBuilder {
  mutating func addMoves(of operation: some MovingOperation) {
    let shapes = model.operandShapes(of: model.layers[head])
    let moves = operation.moves(of: shapes, to: model.layers[head].shape)
    for (position, move) in moves.enumerated() {
      guard let dx = contribution(to: position) else { continue }
      add(
        MoveGradient(move: move.reversed, shape: shapes[position]), operands: [resultGradient],
        results: [dx])
      contribute(dx, to: position)
    }
  }
}

/// dx of a move: the numbers of dy back in their places, 0 around them.
struct MoveGradient: GradientOperation {
  let label = "gradient"
  let move: Move
  /// That of dx.
  let shape: Shape
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let epilogue = planner.epilogue(self, node)
    let dy = MoveKernel.Value(buffer: planner.place(node.operands[0]), shape: layer.shape)
    let dx = MoveKernel.Value(buffer: planner.makePart(node.results[0]), shape: shape)
    planner.addMoves(
      "\(layer.name)_backward", node, .backward, [move], from: [dy], to: dx, around: 0,
      epilogue: epilogue)
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
  /// What each moved number of a gradient goes through.
  let epilogue: GradientEpilogue?
  /// Tasks a block.
  let pieces: Int

  struct Value: Hashable, Sendable {
    let buffer: BufferID
    let shape: Shape
  }

  var functions: [ScalarFunction] { epilogue.map { [$0.function] } ?? [] }
  var acceptsParts: Bool { true }

  var copies: [BufferCopy]? {
    guard around == nil, epilogue == nil else { return nil }
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
    formula = (isGradient ? "input gradient of: " : "") + names.formula(of: kernel.head)
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
    around = spec.around.map {
      $0 == 0 ? "(vec){0}" : "masked(splat(\(CText.real($0))), active_lanes(s, block))"
    }
    epilogueText = spec.epilogue.map { $0.text(names) }
    let function = CopyBox.name(spec.epilogue, names, sharing: &shared)
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

  /// The function that copies, or takes each number through `epilogue`.
  static func name(
    _ epilogue: GradientEpilogue?, _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> (name: String, masks: Bool) {
    shared.define(.axes)
    shared.define(.place)
    let value = names.value(
      "x[place(from, 0, i, j, k, l)]", epilogue, at: "place(to, 0, i, j, k, l)")
    let masks = epilogue?.function.body.isNotZeroAtZero == true
    let name = shared.name(
      CopyBox(
        stem: ["copy_box", epilogue?.function.name].compactMap { $0 }.joined(separator: "_"),
        masks: masks, saved: epilogue?.savedNames ?? [],
        value: masks ? "masked(\(value), active)" : value))
    return (name, masks)
  }
}
