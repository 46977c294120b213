import IR

extension Verifier {
  /// Running statistics after a step against their formula, in double and as training has them.
  func checkStatistics() throws -> [Finding] {
    let expected = NaiveNetwork(model: model, tensors: plans.learned).movedState(sample)
    let names = expected.keys.sorted().filter { !$0.hasSuffix(".seen") }
    guard !names.isEmpty else { return [] }
    return try [
      (VerifiedPlans.Plan.fused, " in double", 1e-10), (VerifiedPlans.Plan.shipped, "", 1e-4),
    ].flatMap { plan, suffix, allowed in
      let network = try plans.network(plan)
      try network.train(sample, rate: 0)
      return names.map { name in
        Finding(
          .statistics, of: name + suffix,
          error: relativeError(network.numbers(name), expected[name] ?? []), allowed: allowed)
      }
    }
  }

  /// Parameters after a step of the model's optimizer against its formula, in double.
  ///
  /// A gradient whose terms cancel, as a bias's before a batch norm, is what rounding leaves, and Adam
  /// and its like make a whole step of that: how far the formula goes where gradients are rounded
  /// otherwise is not counted.
  func checkOptimizer() throws -> [Finding] {
    let inspected = try plans.network(.inspected)
    _ = try inspected.gradient(sample)
    let tolerance = try GradientTolerance(model, count: sample.count) {
      try inspected.values($0, count: sample.count)
    }
    let steps = try [0, 1, -1].map { side in
      let gradients = try movingParameters.map { parameter in
        let rounding = side * 32 * 0x1p-53 * tolerance.terms(of: parameter.name)
        return (
          parameter.name, try inspected.gradient(of: parameter.name).map { $0 + rounding }
        )
      }
      return NaiveOptimizer(
        model: model, gradients: Dictionary(uniqueKeysWithValues: gradients))
    }
    let network = try plans.network(.unfused)
    try network.train(sample)
    return movingParameters.map { parameter in
      let before = plans.learned[parameter.name] ?? []
      let moved = steps.map {
        $0.moved(parameter.declared.role, of: parameter.layer, from: before) ?? before
      }
      return Finding(
        .optimizer, of: parameter.name,
        error: stepError(network.numbers(parameter.name), moved, from: before),
        allowed: Self.stepError)
    }
  }

  /// How far `found` is from what the formula makes of `before`, over the longest way of a number;
  /// `moved` holds that, and what it makes of gradients that are rounded up and down.
  private func stepError(_ found: [Double], _ moved: [[Double]], from before: [Double]) -> Double {
    let way = largest([zip(moved[0], before).map(-)])
    // Where nothing moves, what rounding of the parameter itself is.
    let size = max(way, largest([before]) * 0x1p-52 / Self.stepError)
    guard found.count == before.count else { return .infinity }
    return found.indices.reduce(0) { worst, index in
      let rounding = moved.map { abs($0[index] - moved[0][index]) }.max() ?? 0
      let off = max(0, abs(found[index] - moved[0][index]) - rounding) / size
      return off.isNaN ? .infinity : max(worst, off)
    }
  }

  private static let stepError = 1e-9

  /// Two steps and an evaluation of a whole batch, on one thread and on several.
  func checkThreads() throws -> [Finding] {
    let batch = Sample(model, count: model.training.batch, seed: settings.seed &+ 3)
    let alone = try results(threads: 1, batch)
    return try Set([2, 3, settings.threads]).sorted().map { threads in
      let found = try results(threads: threads, batch)
      return Finding(
        .threads, "\(threads) threads", error: found == alone ? 0 : .infinity, allowed: 0)
    }
  }

  /// A step and an evaluation of fewer examples than a batch: with zeros in scratch, with numbers that
  /// are none, and after a full batch has left its numbers.
  func checkLanes() throws -> [Finding] {
    let full = Sample(model, count: model.training.batch, seed: settings.seed &+ 3)
    let short = full.prefix(max(1, model.training.batch - 1))
    func after(_ fill: (ProbedNetwork) throws -> Void) throws -> Results {
      let network = try plans.network(.trained)
      try fill(network)
      try network.train(short)
      let bytes = network.bytes
      try fill(network)
      return Results(bytes: bytes, outputs: try network.evaluate(short).outputs)
    }
    let clean = try after { $0.fillScratch(0) }
    let others: [(String, (ProbedNetwork) throws -> Void)] = [
      ("numbers that are none", { $0.fillScratch(0xff) }),
      ("a full batch", { _ = try $0.evaluate(full) }),
    ]
    return try others.map { name, fill in
      let isSame: Bool
      do {
        isSame = try after(fill) == clean
      } catch is NumbersNotFinite {
        isSame = false
      }
      return Finding(.lanes, "after \(name)", error: isSame ? 0 : .infinity, allowed: 0)
    }
  }

  private struct Results: Equatable {
    let bytes: [UInt8]
    let outputs: [[Double]]
  }

  private func results(threads: Int, _ batch: Sample) throws -> Results {
    let network = try plans.network(.trained, threads: threads)
    for step in 1...2 { try network.train(batch, step: UInt64(step)) }
    return Results(bytes: network.bytes, outputs: try network.evaluate(batch).outputs)
  }
}
