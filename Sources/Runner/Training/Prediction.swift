import Diagnostics

extension Network {
  /// The loss and metrics over examples, with running statistics.
  ///
  /// - Throws: a failure when the loss is not finite or the network was never trained.
  package func evaluate(_ examples: Examples, _ metrics: [Metric]) throws -> Evaluation {
    switch try Evaluator(self, for: examples.count).evaluate(examples, metrics) {
    case .done(let evaluation): return evaluation
    case .notFinite(let place): throw Failure("the loss is not finite\(place.words)")
    case .stopped: throw Failure("the evaluation was stopped")
    }
  }

  /// The losses of all examples added up, and of each output that of all examples.
  package func lossAndOutputs(of examples: Examples) throws -> (loss: Double, outputs: [Tensor]) {
    let loss = try evaluate(examples, []).loss * Double(examples.count)
    return (loss, try Evaluator(self, for: examples.count).outputs(of: examples))
  }

  /// Of each output those for inputs of shape [count] + the input's shape, or for one example alone.
  ///
  /// - Parameter inputs: Of each of the network's inputs, in its order, with their files.
  /// - Throws: a failure that names the file when an input's shape is not the model's.
  package func predict(_ inputs: [(tensor: Tensor, path: String)]) throws -> [Tensor] {
    let description = plugin.description
    let shaped = try zip(description.inputs, inputs).map { value, input in
      let isOne = input.tensor.shape == value.shape
      let rows = try ExampleFormat(input: value, elementType: description.elementType).inputs(
        isOne ? input.tensor.reshaped([1] + input.tensor.shape) : input.tensor, path: input.path)
      guard rows.shape[0] > 0 else { throw Failure("holds no examples", path: input.path) }
      return rows
    }
    try ModelFormat.checkCounts(shaped.map(\.shape), paths: inputs.map(\.path))
    let examples = Examples(inputs: shaped, targets: description.targets.map { _ in .none })
    return try Evaluator(self, for: examples.count).outputs(of: examples)
  }
}

extension Network.NotFinite {
  /// `; the first layer where it shows is 'conv1'`, or nothing where the layer is not known.
  package var words: String { layer.map { "; the first layer where it shows is '\($0)'" } ?? "" }
}
