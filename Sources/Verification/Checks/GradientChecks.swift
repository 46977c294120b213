import IR
import Lowering

extension Verifier {
  /// Gradients of the fused plan against those of one kernel an operator, both in double.
  func checkFusion() throws -> [Finding] {
    try gradientFindings(.fusion, .fused, sample, .double, allowed: 1e-10)
  }

  /// Gradients of the plan that trains against double.
  ///
  /// A number may lie so near an activation's kink, or two so near each other in a pool, that float
  /// sees the other side of it: hardly so in several samples.
  func checkPrecision() throws -> [Finding] {
    var findings: [Finding] = []
    for attempt in 0..<UInt64(4) {
      let sample =
        attempt == 0
        ? sample
        : Sample(model, count: sample.count, seed: settings.seed &+ 1000 * attempt)
      let found = try gradientFindings(.precision, .shipped, sample, .float, allowed: 1e-4)
      if findings.isEmpty || worst(found) < worst(findings) { findings = found }
      if findings.allSatisfy(\.holds) { break }
    }
    return findings
  }

  private func worst(_ findings: [Finding]) -> Double {
    findings.map { $0.error.isNaN ? .infinity : $0.error }.max() ?? 0
  }

  /// The gradients that a step of `plan` goes along, against the inspected ones; relative to the
  /// largest number of each, or to a hundredth of the terms that its sums are of, where these cancel.
  /// The gradient of a loss that is nearly 0, probability - 1, has lost the digits that the loss has.
  private func gradientFindings(
    _ check: VerificationCheck, _ plan: VerifiedPlans.Plan, _ sample: Sample,
    _ precision: Precision, allowed: Double
  ) throws -> [Finding] {
    let allowed =
      allowed
      + ExpectedPass(NaiveNetwork(model: model, tensors: plans.learned), sample, training: true)
      .cancelled(precision)
    let inspected = try plans.network(.inspected)
    _ = try inspected.gradient(sample)
    let tolerance = try GradientTolerance(model, count: sample.count) {
      try inspected.values($0, count: sample.count)
    }
    let network = try plans.network(plan)
    let before = network.learned
    // So far that what is lost in the difference is far below the gradient's own rounding.
    let rate = 1024.0
    try network.train(sample, rate: rate)
    return try movingParameters.map { parameter in
      let expected = try inspected.gradient(of: parameter.name)
      let moved = zip(before[parameter.name] ?? [], network.numbers(parameter.name)).map {
        ($0 - $1) / rate
      }
      let size = max(largest([expected]), 0.01 * tolerance.terms(of: parameter.name))
      return Finding(
        check, of: parameter.name, error: error(moved, expected, over: size), allowed: allowed)
    }
  }
}
