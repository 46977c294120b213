/// What classifiers of other programs end with and a network does not: the numbers of classes, and
/// probabilities under their names.
enum LabelEnds {
  private static let moves: Set = [
    "Cast", "Reshape", "Identity", "Squeeze", "Unsqueeze", "Flatten", "LabelEncoder",
  ]

  /// Leaves them out.
  ///
  /// - Returns: What is to be said of it.
  static func trim(_ graph: inout ImportGraph, _ table: NodeTable) -> [String] {
    var notes: [String] = []
    var kept: [(old: String, new: String?)] = []
    for output in graph.outputs {
      let maker = table.maker(of: output)
      if maker?.operation == "ZipMap", let operand = maker?.input(0) {
        kept.append((output, operand))
        notes.append(
          "'\(output)' gave each probability the name of its class; here they are in their order")
      } else if let scores = scores(of: output, table) {
        kept.append((output, nil))
        notes.append("'\(output)', the class of the largest of '\(scores)', is left out")
      } else {
        kept.append((output, output))
      }
    }
    var outputs = kept.compactMap(\.new)
    if outputs.isEmpty { outputs = graph.outputs.compactMap { scores(of: $0, table) } }
    graph.outputs = outputs.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    return notes
  }

  /// What the largest is taken of where `output` is the number or the name of a class.
  private static func scores(of output: String, _ table: NodeTable) -> String? {
    var name = output
    for _ in 0..<16 {
      guard let node = table.maker(of: name) else { return nil }
      switch node.operation {
      case "ArgMax": return node.input(0)
      // Its second operand says which of the first's numbers it takes.
      case "ArrayFeatureExtractor": name = node.input(1) ?? ""
      case let operation where moves.contains(operation): name = node.input(0) ?? ""
      default: return nil
      }
    }
    return nil
  }
}
