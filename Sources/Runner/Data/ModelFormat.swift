import Diagnostics

/// What a model of any number of inputs and targets wants its examples to look like.
package struct ModelFormat: Hashable, Sendable {
  /// An input or a target.
  package struct Part: Hashable, Sendable {
    let name: String
    let format: ExampleFormat
    /// Of one example.
    let shape: [Int]

    /// Numbers, or classes, of one example.
    var count: Int { shape.reduce(1, *) }
  }

  let inputs, targets: [Part]
  /// What a model of one input and one target wants.
  package private(set) var only: ExampleFormat?

  /// A format from its parts.
  init(inputs: [Part], targets: [Part]) {
    self.inputs = inputs
    self.targets = targets
    only = nil
  }

  /// What a plugin wants.
  package init(_ description: PluginDescription) {
    let type = description.elementType
    inputs = description.inputs.map {
      Part(name: $0.name, format: ExampleFormat(input: $0, elementType: type), shape: $0.shape)
    }
    targets = description.targets.enumerated().map { index, target in
      Part(
        name: target.name,
        format: ExampleFormat(
          target: target, hasLabels: description.hasLabels(target: index), elementType: type),
        shape: target.shape)
    }
    only =
      inputs.count == 1 && targets.count == 1
      ? ExampleFormat(
        input: description.inputs[0], target: description.targets[0],
        hasLabels: description.hasLabels(target: 0),
        elementType: type) : nil
  }

  /// The same, where files that cannot be decoded are left out.
  package func skippingBad(_ skips: Bool) -> ModelFormat {
    var format = self
    format.only?.skipsBad = skips
    return format
  }

  /// Fails where inputs have not the same number of examples.
  static func checkCounts(_ shapes: [[Int]], paths: [String]) throws {
    for (shape, path) in zip(shapes, paths) where shape.first != shapes[0].first {
      throw Failure(
        "holds \(shape.first ?? 0) examples, and \(paths[0]) \(shapes[0].first ?? 0)", path: path)
    }
  }
}
