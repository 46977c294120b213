import Diagnostics

extension Tensor {
  /// What is to be said of these inputs where the model scales its data: only bytes are scaled.
  package func scaleNote(_ description: PluginDescription) -> String? {
    guard type != .uint8, description.inputs[0].scale != 1, count > 0 else { return nil }
    var (least, largest) = (self[0], self[0])
    for index in 1..<count {
      least = min(least, self[index])
      largest = max(largest, self[index])
    }
    return "note: the inputs are numbers of type \(type), from \(shortest(least, digits: 6)) to "
      + "\(shortest(largest, digits: 6)), and taken as they are: "
      + "'data scale(\(shortest(description.inputs[0].scale, digits: 6)))' is for bytes"
  }
}

extension Examples {
  /// What is to be said of the inputs where the model scales its data.
  package func scaleNote(_ description: PluginDescription) -> String? {
    inputs.scaleNote(description)
  }
}
