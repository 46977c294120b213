import IR
import Importing

extension ImportRule {
  /// Numbers around a value stay with it until what reads it takes them, as a window's padding or
  /// by a layer.
  static let padding = ImportRule.one("Pad") { node, network in
    var view = try network.padded(network.view(node))
    guard let pads = try network.wholes(node, "pads", orOperand: 1) ?? node.integers("paddings")
    else { throw ImportError("its pads are left out") }
    let rank = view.axes.count + 1
    let axes = try network.constant(node, 3)?.wholes() ?? Array(0..<rank)
    guard pads.count == 2 * axes.count else {
      throw ImportError("it has \(pads.count) pads for \(axes.count) axes")
    }
    var before = [Int](repeating: 0, count: rank - 1)
    var after = before
    for (place, axis) in axes.enumerated() {
      let own = (pads[place], pads[axes.count + place])
      guard own != (0, 0) else { continue }
      let index = try view.index(axis)
      (before[index], after[index]) = own
    }
    guard (before + after).allSatisfy({ (0...Limits.dimension.upperBound).contains($0) }) else {
      throw ImportError(
        "it takes numbers away with pads below 0: \(pads)", help: "that is a slice")
    }
    if (before + after).allSatisfy({ $0 == 0 }) { return view }
    let isPadded = view.axes.indices.contains { view.axes[$0] == nil && before[$0] + after[$0] > 0 }
    if isPadded { view = try network.plain(view) }
    var margin = ImportedView.Margin(
      before: view.shape.dimensions.map { _ in 0 }, after: view.shape.dimensions.map { _ in 0 },
      value: 0)
    for (index, axis) in view.axes.enumerated() {
      if let axis { (margin.before[axis], margin.after[axis]) = (before[index], after[index]) }
    }
    let mode = node.text("mode") ?? "constant"
    guard mode == "constant" else { return try network.mirrored(view, margin, mode) }
    margin.value = try node.float("value") ?? network.constant(node, 2)?.single ?? 0
    view.margin = margin
    return view
  }
}

extension NetworkImport {
  /// `view` with its own numbers around it.
  fileprivate mutating func mirrored(
    _ view: ImportedView, _ margin: ImportedView.Margin, _ mode: String
  ) throws -> ImportedView {
    guard mode == "reflect" || mode == "edge" else {
      throw ImportError(
        "it pads with mode '\(mode)', and the language has constant, edge and reflect")
    }
    var arguments: [ImportedArgument] = [
      .place("before", .list(margin.before.map(Constant.whole)))
    ]
    if margin.after != margin.before {
      arguments.append(.key("after", .list(margin.after.map(Constant.whole))))
    }
    arguments.append(.key("mode", .word(mode)))
    let id = try layer(Pad.definition.signature.keyword, [.value(view.id)], arguments)
    return view.with(id, shape(of: id))
  }
}
