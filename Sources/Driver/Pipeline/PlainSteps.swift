import IR
import Operators

extension Model {
  /// The model whose steps go straight along the gradients: each parameter loses its gradient times the
  /// learning rate.
  var steppingPlainly: Model {
    var plain = self
    plain.training.optimizer = .sgd(learningRate: 1)
    plain.training.namedOptimizers = []
    // A schedule may change what only the model's own optimizer has: a momentum.
    plain.training.schedule = .constant
    plain.training.clipping = nil
    plain.training.averaging = nil
    plain.training.accumulated = 1
    return plain
  }
}
