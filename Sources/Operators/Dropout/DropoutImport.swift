import IR
import Importing

extension ImportRule {
  /// It does nothing in evaluation, and is kept for those who train on.
  static let dropout = ImportRule.one("Dropout") { node, network in
    guard try network.constant(node, 2)?.single ?? 0 == 0 else {
      throw ImportError(
        "it drops numbers in evaluation too",
        help: "export the network in its evaluation: model.eval()")
    }
    let view = try network.padded(network.view(node))
    let rate = try node.float("ratio") ?? network.constant(node, 1)?.single ?? 0.5
    guard rate > 0 else { return view }
    return view.with(
      try network.layer(
        Dropout.definition.signature.keyword, [.value(view.id)],
        [.place("rate", .number(rate))]))
  }
}
