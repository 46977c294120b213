/// What formulas make of a sample, and what rounding may change in it.
///
/// How exact a network must be depends on it: a batch norm of two numbers that hardly differ makes much
/// of their rounding. So the formulas are computed once more, each number moved by some roundings of a
/// double, and what changes is allowed.
package struct ExpectedPass: Sendable {
  package let loss: Double
  /// Of each output [count][its shape].
  package let outputs: [[Double]]
  /// The relative errors that doubles may have.
  package let allowedOfLoss: Double
  package let allowedOfOutputs: [Double]

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
    allowedOfLoss = allowed([movedLoss], [loss])
    allowedOfOutputs = operands.map { allowed(moved[$0], values[$0]) }
  }
}
