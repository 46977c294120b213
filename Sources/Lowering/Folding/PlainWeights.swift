import IR

// Where examples are in the lanes, a kernel reads a weight's plain numbers. What follows it in an
// evaluation is folded into these.

extension KernelPlanner {
  /// What `prepare` computes for the kernel of `node`, which reads a weight in canonical order: nil
  /// where nothing is folded into that (`steps` is nil or empty), and the kernel reads the parameter.
  package mutating func plainWeights(
    of node: Graph.Node, folding steps: [ChannelAffineStep]?
  ) -> PackedWeights? {
    guard let steps, !steps.isEmpty, let head = node.head else { return nil }
    let weight = TensorID(layer: head, role: .weight)
    let shape = model.declaration(of: weight).shape
    let numbers = shape.reduce(1, *)
    return packedWeights(
      of: node, folding: steps,
      packing: .init(
        weight: weight, depth: numbers / shape[0], numbers: numbers,
        layout: shape.map { "[\($0)]" }.joined()), isPlain: true)
  }
}

extension PackingSpec {
  /// Each output's numbers lie in a row, as in the parameter.
  package func packing(_ names: CodegenContext, sharing shared: inout SharedFunctions) -> (
    function: String, arguments: [String]
  ) {
    guard let packing = packedWeights?.packing else { fatalError("there is no weight to pack") }
    return (shared.name(SharedText.scaleRow), ["\(packing.depth)"])
  }
}

extension SharedText {
  fileprivate static let scaleRow = SharedText(
    "scale_row", template: "Folding/scale_row.c.mustache")
}
