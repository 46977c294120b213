import IR
import Importing

extension ImportRule {
  static let softmax = rule("Softmax", Softmax.definition.signature.keyword)
  static let logSoftmax = rule("LogSoftmax", Softmax.logDefinition.signature.keyword)

  private static func rule(_ name: String, _ keyword: String) -> ImportRule {
    .one(name) { node, network in
      let view = try network.padded(network.view(node))
      // Before version 13 all axes from this one on are one.
      let isOfOne = network.opset >= 13
      let index = try view.index(node.integer("axis") ?? (isOfOne ? -1 : 1))
      guard isOfOne || view.sizes[(index + 1)...].allSatisfy({ $0 == 1 }) else {
        throw ImportError(
          "it is taken over several axes of \(Shape(view.sizes))",
          help: "export it with opset 13 or later")
      }
      guard let axis = view.axes[index] else {
        throw ImportError("it is taken over a single number, and makes 1 of it")
      }
      let arguments: [ImportedArgument] = axis == 0 ? [] : [.key("axis", .whole(axis + 1))]
      return view.with(try network.layer(keyword, [.value(view.id)], arguments))
    }
  }
}

extension Softmax: NetworkEnd {
  package var endingLoss: (name: String, isPart: Bool)? {
    axis == .channels ? ("softmax_cross_entropy", !isLogarithm) : nil
  }
}
