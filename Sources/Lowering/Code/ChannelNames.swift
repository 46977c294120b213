import IR

/// What the templates of kernels share whose channels are in the lanes: the layers of a kernel, in words.
package struct ChannelNames: Sendable {
  package let names: Naming
  package let members: [Int]

  package init(_ members: [Int], _ names: Naming) {
    self.names = names
    self.members = members
  }

  /// `conv1, batchnorm1, relu1`
  package var layers: String { names.layers(members) }
  package var source: String { members.first.map(names.line) ?? "" }

  /// What the layers compute, in order.
  package func formulas(folded: Bool) -> [String] {
    members.enumerated().map { position, layer in
      let op = names.plan.model.layers[layer].op
      let isFolded = folded && position > 0 && ChannelAffineStep(op.base, layer: layer) != nil
      return op.base.formula + (isFolded ? ", folded into the weight and the bias" : "")
    }
  }

  /// `[13][13][24]`
  package static func shape(_ layout: ChannelLayout) -> String {
    "[\(layout.height)][\(layout.width)][\(layout.stride)]"
  }

  /// A tap's position in the image, as C: `i * S + ky - P` without what is 1 or 0.
  package static func position(_ output: String, _ tap: String, _ window: Window) -> String {
    output + (window.stride == 1 ? "" : " * S") + " + " + tap + (window.padding == 0 ? "" : " - P")
  }
}

extension Cut {
  /// Where the piece begins that item `index` is in, as C.
  func pieceStart(of index: String) -> String {
    let small =
      wide == 0
      ? "\(index) / \(width) * \(width)"
      : "\(wide * (width + 1)) + (\(index) - \(wide * (width + 1))) / \(width) * \(width)"
    if wide == 0 { return count == 1 ? "0" : small }
    return "\(index) < \(wide * (width + 1)) ? \(index) / \(width + 1) * \(width + 1) : \(small)"
  }

  /// How large that piece is, as C.
  func pieceSize(of index: String) -> String {
    wide == 0 ? "\(width)" : "\(index) < \(wide * (width + 1)) ? \(width + 1) : \(width)"
  }
}
