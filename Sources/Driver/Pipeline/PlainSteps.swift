import IR
import Operators

extension Model {
  /// The model whose steps go straight along the gradients: each parameter loses its gradient times the
  /// learning rate.
  var steppingPlainly: Model {
    var plain = self
    plain.training.optimizer = .sgd(learningRate: 1)
    plain.training.namedOptimizers = []
    plain.training.clipping = nil
    plain.training.averaging = nil
    plain.training.accumulated = 1
    return plain
  }
}
