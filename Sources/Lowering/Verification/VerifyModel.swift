import Diagnostics
import IR

extension Model: Stage {
  /// Operands come before users, shapes are those that the operations compute, and there is a
  /// learning rate, and a momentum, where one is to change.
  package func verify() throws(Failure) {
    for (index, layer) in layers.enumerated() {
      for operand in layer.operands {
        try require(
          exists(operand, before: index), "\(layer.name) reads a value that comes later")
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
    try require(!inputs.isEmpty && !targets.isEmpty, "there is nothing to learn from")
    try require(!losses.isEmpty, "there is no loss")
    for loss in losses {
      try require(exists(loss.operand, before: layers.count), "a loss reads no value")
      try require(targets.indices.contains(loss.target), "a loss has no target")
      try require(loss.reduction == reduction, "the losses have several reductions")
    }
    for optimizer in training.optimizers {
      let names = optimizer.slots.map(\.name) + optimizer.scalars.map(\.name)
      try require(
        Set(names).count == names.count, "\(optimizer.keyword) calls two things by one name")
    }
    let (optimizer, schedule) = (training.optimizer, training.schedule)
    try require(
      (schedule.isConstant && schedule.plateau == nil) || optimizer.learningRateIndex != nil,
      "\(schedule.keyword) changes a learning rate, and \(optimizer.keyword) has none")
    try require(
      schedule.momentum == nil || optimizer.momentumIndex != nil,
      "\(schedule.keyword) changes a momentum, and \(optimizer.keyword) has none")
  }

  private func exists(_ value: ValueID, before layer: Int) -> Bool {
    switch value {
    case .input(let index): inputs.indices.contains(index)
    case .result(let maker): maker >= 0 && maker < layer
    }
  }

  package var text: String { ModelText.describe(self) }
}

/// Fails with `what` unless `holds`.
func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(Failure) {
  guard holds else { throw Failure(what()) }
}
