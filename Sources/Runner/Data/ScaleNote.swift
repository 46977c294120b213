import Diagnostics

extension Tensor {
  /// What is to be said of these inputs where the model scales its data, and they are no bytes: that
  /// they are scaled too, or that they are not.
  package func scaleNote(_ input: PluginValue, isOnly: Bool = true) -> String? {
    guard type != .uint8, input.scale != 1, count > 0 else { return nil }
    var (least, largest) = (self[0], self[0])
    for index in 1..<count {
      least = min(least, self[index])
      largest = max(largest, self[index])
    }
    let what = isOnly ? "the inputs" : "those of input '\(input.name)'"
    func range(_ factor: Double) -> String {
      let ends = [least * factor, largest * factor].map { shortest($0, digits: 6) }
      return factor < 0 ? "from \(ends[1]) to \(ends[0])" : "from \(ends[0]) to \(ends[1])"
    }
    let scale = shortest(input.scale, digits: 6)
    let start = "note: \(what) are numbers of type \(type), \(range(1)), "
    return input.scalesReals
      ? start + "and multiplied by \(scale): then they are \(range(input.scale))"
      : start + "and taken as they are: 'data scale(\(scale))' is for bytes, "
        + "'data scale(\(scale), of: all)' for these too"
  }
}

extension Examples {
  /// What is to be said of the inputs where the model scales its data.
  package func scaleNote(_ description: PluginDescription) -> String? {
    let notes = zip(inputs, description.inputs).compactMap {
      $0.scaleNote($1, isOnly: inputs.count == 1)
    }
    return notes.isEmpty ? nil : notes.joined(separator: "\n")
  }
}
