import IR

extension Verifier {
  /// Outputs and losses of every plan against the operators' formulas.
  func checkFormulas() throws -> [Finding] {
    let naive = NaiveNetwork(model: model, tensors: plans.learned)
    let training = ExpectedPass(naive, sample, training: true)
    let evaluation = ExpectedPass(naive, sample, training: false)
    let inspected = try plans.network(.inspected)
    var findings = training.findings(
      try inspected.gradient(sample), "inspection in double, training", model)
    // The step has moved the running statistics.
    inspected.learned = plans.learned
    findings += evaluation.findings(
      try inspected.gradient(sample, training: false), "inspection in double", model)
    let shipped = try plans.network(.shipped)
    findings += evaluation.findings(
      try shipped.evaluate(sample), "training plan's evaluation", model, allowed: 1e-4)
    shipped.fillScratch(0xff)
    let step = try shipped.train(sample, rate: 0)
    findings.append(
      Finding(
        .formulas, "loss, training plan", error: relativeError([step.loss], [training.loss]),
        allowed: training.allowedOfFloatLoss))
    findings += evaluation.findings(
      try plans.network(.evaluation).evaluateAll(sample), "evaluation", model, allowed: 1e-4)
    let inference = try plans.network(.inference)
    findings += evaluation.findings(
      outputs: try inference.infer(sample), "inference", model, allowed: 1e-4)
    return findings
      + evaluation.findings(
        outputs: try plans.frozenOutputs(sample, of: model), "frozen C", model, allowed: 1e-4)
  }
}

extension ExpectedPass {
  fileprivate func findings(
    _ pass: ProbedNetwork.Pass, _ plan: String, _ model: Model, allowed: Double? = nil
  ) -> [Finding] {
    findings(outputs: pass.outputs, plan, model, allowed: allowed)
      + [
        Finding(
          .formulas, "loss, \(plan)", error: relativeError([pass.loss], [loss]),
          allowed: allowed == nil ? allowedOfLoss : allowedOfFloatLoss)
      ]
  }

  /// - Parameter allowed: What floats may be off; nil: what doubles are.
  fileprivate func findings(
    outputs found: [[Double]], _ plan: String, _ model: Model, allowed: Double? = nil
  ) -> [Finding] {
    outputs.indices.map { index in
      Finding(
        .formulas, "\(model.outputName(model.outputs[index])), \(plan)",
        error: relativeError(found[index], outputs[index]),
        allowed: allowed ?? allowedOfOutputs[index])
    }
  }
}
