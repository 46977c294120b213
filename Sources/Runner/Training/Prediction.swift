import Diagnostics

extension Network {
  /// The loss and metrics over examples, with running statistics.
  ///
  /// - Throws: a failure when the loss is not finite or the network was never trained.
  package func evaluate(_ examples: Examples, _ metrics: [Metric]) throws -> Evaluation {
    switch try Evaluator(self).evaluate(examples, metrics) {
    case .done(let evaluation): return evaluation
    case .notFinite(let place): throw Failure("the loss is not finite\(place.words)")
    case .stopped: throw Failure("the evaluation was stopped")
    }
  }

  /// The outputs for inputs of shape [count] + input shape, or for one input alone.
  ///
  /// - Throws: a failure that names `path` when the inputs' shape is not the model's.
  package func predict(_ inputs: Tensor, path: String) throws -> Tensor {
    let format = ExampleFormat(plugin.description)
    let isOne = inputs.shape == format.inputShape
    let shaped = try format.inputs(isOne ? inputs.reshaped([1] + inputs.shape) : inputs, path: path)
    guard shaped.shape[0] > 0 else { throw Failure("holds no examples", path: path) }
    return try Evaluator(self).outputs(of: Examples(inputs: shaped, targets: .none))
  }
}

extension Network.NotFinite {
  /// `; the first layer where it shows is 'conv1'`, or nothing where the layer is not known.
  package var words: String { layer.map { "; the first layer where it shows is '\($0)'" } ?? "" }
}
