import Diagnostics

extension Tensor {
  /// What is to be said of these inputs where the model scales its data: only bytes are scaled.
  package func scaleNote(_ input: PluginValue, isOnly: Bool = true) -> String? {
    guard type != .uint8, input.scale != 1, count > 0 else { return nil }
    var (least, largest) = (self[0], self[0])
    for index in 1..<count {
      least = min(least, self[index])
      largest = max(largest, self[index])
    }
    let what = isOnly ? "the inputs" : "those of input '\(input.name)'"
    return "note: \(what) are numbers of type \(type), from \(shortest(least, digits: 6)) to "
      + "\(shortest(largest, digits: 6)), and taken as they are: "
      + "'data scale(\(shortest(input.scale, digits: 6)))' is for bytes"
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
