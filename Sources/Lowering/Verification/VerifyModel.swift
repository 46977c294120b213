import Diagnostics
import IR

extension Model: Stage {
  /// Operands come before users, shapes are those that the operations compute, and there is a
  /// learning rate where one is to change.
  package func verify() throws(Failure) {
    for (index, layer) in layers.enumerated() {
      for operand in layer.operands {
        try require(
          operand.index >= 0 && operand.index <= index,
          "\(layer.name) reads a value that comes later"
        )
      }
      let shape: Shape
      do {
        shape = try layer.op.base.resultShape(of: operandShapes(of: layer))
      } catch {
        throw Failure("\(layer.name): \(error.message)")
      }
      try require(
        shape == layer.shape, "\(layer.name) has shape \(layer.shape), not \(shape)")
    }
    try require(loss.operand.index <= layers.count, "the loss reads no value")
    let (optimizer, schedule) = (training.optimizer, training.schedule)
    try require(
      schedule.isConstant || optimizer.learningRateIndex != nil,
      "\(schedule.keyword) changes a learning rate, and \(optimizer.keyword) has none")
  }

  package var text: String { ModelText.describe(self) }
}

/// Fails with `what` unless `holds`.
func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(Failure) {
  guard holds else { throw Failure(what()) }
}
