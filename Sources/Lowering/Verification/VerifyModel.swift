import Diagnostics
import IR

extension Model: Stage {
  /// Operands come before users, shapes are those that the operations compute.
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
  }

  package var text: String { ModelText.describe(self) }
}

/// Fails with `what` unless `holds`.
func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(Failure) {
  guard holds else { throw Failure(what()) }
}
