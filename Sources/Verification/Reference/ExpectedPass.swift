import Lowering

import IR

/// What formulas make of a sample, and what rounding may change in it.
///
/// How exact a network must be depends on it: a batch norm of two numbers that hardly differ makes much
/// of their rounding. So the formulas are computed once more, each number moved by some roundings of a
/// double, and what changes is allowed.
package struct ExpectedPass: Sendable {
  package let loss: Double
  /// Of each output [count][its shape].
  package let outputs: [[Double]]
  /// The relative errors that doubles may have; of the loss, as far as they come of its operands.
  package let allowedOfOutputs: [Double]
  private let allowedOfOperands: Double
  /// The size of what the loss is a difference of, over the loss: how much of its digits a small loss
  /// has not, computed in any precision.
  private let lossCancellation: Double

  package init(_ network: NaiveNetwork, _ sample: Sample, training: Bool) {
    let values = network.values(sample, training: training)
    let operands = network.model.outputs
    var disturbed = network
    disturbed.disturbance = 0x1p-49
    let moved = disturbed.values(sample, training: training)
    let loss = network.loss(sample, values, training: training)
    let movedLoss = disturbed.loss(sample, moved, training: training)
    func allowed(_ moved: [Double], _ values: [Double]) -> Double {
      1e-12 + 8 * relativeError(moved, values)
    }
    self.loss = loss
    outputs = operands.map { values[$0] }
    lossCancellation = loss == 0 ? 0 : network.lossTerms(sample, values) / abs(loss)
    allowedOfOperands = allowed([movedLoss], [loss])
    allowedOfOutputs = operands.map { allowed(moved[$0], values[$0]) }
  }

  /// The relative error that the loss may have in doubles.
  package var allowedOfLoss: Double { allowedOfOperands + cancelled(.double) }

  /// The same in floats.
  package var allowedOfFloatLoss: Double { 1e-4 + cancelled(.float) }

  /// The relative error of a loss, and of the gradients that come of it, by the digits that cancel.
  package func cancelled(_ precision: Precision) -> Double {
    4 * (precision == .float ? 0x1p-24 : 0x1p-53) * lossCancellation
  }
}
