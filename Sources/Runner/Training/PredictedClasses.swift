import Diagnostics

/// Which classes outputs say, by the names that the weights' file has of them.
package struct PredictedClasses: CustomStringConvertible {
  /// A line for each example: of each target with named classes the class; empty where none has names.
  package let description: String

  private static let most = 1000

  /// The classes that `outputs`, in the network's order, say of its targets of as many classes as
  /// there are names.
  package init(_ outputs: [Tensor], of network: PluginDescription, names: [String]) {
    let judgements = network.judgements.filter {
      let target = network.targets[$0.target]
      return !names.isEmpty && target.classes == names.count && target.count == 1
    }
    guard let count = judgements.first.map({ outputs[$0.output].shape.first ?? 0 }) else {
      description = ""
      return
    }
    let lines = (0..<min(count, Self.most)).map { example in
      let classes = judgements.map { judgement in
        let name = names[Self.label(outputs[judgement.output], example, judgement)]
        let target = judgements.count > 1 ? "\(network.targets[judgement.target].name) " : ""
        return target + name.escapingControls
      }
      return "example \(example): \(classes.joined(separator: ", "))\n"
    }
    description = lines.joined() + (count > Self.most ? "and \(count - Self.most) more\n" : "")
  }

  /// The class of the largest output; of one output the second class above the threshold.
  private static func label(_ output: Tensor, _ example: Int, _ judgement: Judgement) -> Int {
    let size = output.count / max(output.shape.first ?? 1, 1)
    let values = (0..<size).map { output[example * size + $0] }
    if size == 1 { return values[0] > judgement.threshold ? 1 : 0 }
    return values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }
}
