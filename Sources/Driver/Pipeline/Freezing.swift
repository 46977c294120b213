import Diagnostics
import IR

extension Model {
  /// The model in which the parameters that `patterns` name do not learn, as if it said `frozen` of
  /// them.
  ///
  /// - Throws: `Failure` where a pattern names no parameter, or where nothing is left to learn.
  func freezing(_ patterns: [String]) throws(Failure) -> Model {
    if patterns.isEmpty { return self }
    var frozen = self
    var names: [String] = []
    var unmatched = patterns
    for index in layers.indices {
      for parameter in parameters(of: index) {
        let name = "\(layers[index].name).\(parameter.name)"
        names.append(name)
        let matching = patterns.filter {
          ParameterPattern($0, at: layers[index].range).matches(name)
        }
        unmatched.removeAll(where: matching.contains)
        if !matching.isEmpty { frozen.layers[index].frozen.insert(parameter.role) }
      }
    }
    if let pattern = unmatched.first {
      let some = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
      throw Failure(
        "no parameter is called '\(pattern.abbreviated)', which is to be frozen",
        help: Suggestion.closest(to: pattern, in: names).map { "did you mean '\($0)'?" }
          ?? (names.isEmpty ? "the model has no parameters" : "the parameters are \(some)"))
    }
    guard
      frozen.layers.indices.contains(where: { index in
        frozen.parameters(of: index).contains { !$0.isFrozen }
      })
    else {
      throw Failure(
        "all parameters are frozen: nothing is left to learn",
        help: "leave some out of the patterns")
    }
    return frozen
  }
}
