import IR

/// An operation of the backward pass whose last result is the gradient of a value, and whose kernel
/// can take that through the activation which made the value.
package protocol GradientOperation: GraphOperation {
  /// What each number of the gradient goes through as it is stored: a function of it and, for each
  /// further parameter, of what one of its node's last operands holds. nil where the gradient stays
  /// as it is.
  var epilogue: ScalarFunction? { get set }
}

/// The gradient of a value of which an operation took some numbers: those of dy in their places, 0 in
/// the others.
package protocol PlacingGradient: GradientOperation {
  /// The operation that places the numbers of `other`'s operands besides its own, behind them in order;
  /// nil where both have numbers in one place.
  func joining(_ other: any PlacingGradient) -> (any PlacingGradient)?
}

/// What each number of a gradient goes through in a kernel.
package struct GradientEpilogue: Hashable, Sendable {
  /// A function of the gradient `dy` and, for each further parameter, of what one of `saved` holds.
  package let function: ScalarFunction
  /// The activation's result, or what it was applied to: two values where that is their sum.
  package let saved: [BufferID]
  /// The activation's layer.
  package let layer: Int

  /// Multiplications and additions for one number; 0 of no epilogue.
  package static func operations(_ epilogue: GradientEpilogue?) -> Double {
    Double(epilogue?.function.body.operationCount ?? 0)
  }

  /// What the C calls the values `saved`.
  package var savedNames: [String] {
    saved.indices.map { $0 == 0 ? "saved" : "saved\($0 + 1)" }
  }

  /// In words, for the comment over a kernel: whose slope it is, and the formula.
  package func text(_ names: CodegenContext) -> String {
    "then through \(names.layer(layer)): \(function.body.formula), dy the gradient so far"
  }

  /// The effects of a kernel that reads `buffers` besides.
  package static func effects(_ epilogue: GradientEpilogue?, reading buffers: [BufferID])
    -> [Effect]
  {
    let saved = epilogue?.saved ?? []
    return (buffers + saved.filter { !buffers.contains($0) }).map { .read($0) }
  }
}

extension KernelPlanner {
  /// The epilogue of `node`, whose operation is `operation`.
  package func epilogue(
    _ operation: some GradientOperation, _ node: Graph.Node
  ) -> GradientEpilogue? {
    guard let function = operation.epilogue, let layer = node.layers.last else { return nil }
    let saved = node.operands.suffix(function.parameters.count - 1).map(place)
    return GradientEpilogue(function: function, saved: saved, layer: layer)
  }
}

extension CodegenContext {
  /// C for `sum`, a gradient's number at `index`, after the epilogue.
  package func value(_ sum: String, _ epilogue: GradientEpilogue?, at index: String) -> String {
    guard let epilogue else { return sum }
    return vector(epilogue.function, [sum] + epilogue.savedNames.map { "\($0)[\(index)]" })
  }
}
