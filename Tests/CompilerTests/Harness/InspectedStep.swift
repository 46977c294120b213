import IR
import Lowering
import Testing
import Verification

/// A step inspected in double: what every step that trains is held against.
struct InspectedStep {
  private let sample: Sample
  private let before: [String: [Double]]
  private let loss: Double
  private let gradients: [(name: String, values: [Double])]
  /// Statistics after the step.
  private let state: [(name: String, values: [Double])]
  private let tolerance: GradientTolerance

  /// A step of the model `text` over all examples of a batch but the last few.
  init(_ text: String, batch: Int? = nil, without missing: Int, seed: UInt64) throws {
    let model = try CompilerFixture.compile(text, batch: batch).model
    let harness = try PluginHarness(
      CompilerFixture.plugin(text, .inspection(), batch: batch), seed: seed)
    try self.init(
      model, harness, Sample(model, count: model.training.batch - missing, seed: seed + 1))
  }

  /// A step of `harness`, a plugin for inspection in double, over `sample`.
  init(_ model: Model, _ harness: PluginHarness, _ sample: Sample) throws {
    self.sample = sample
    before = harness.learned
    let found = harness.gradient(sample)
    #expect(found.status == 0)
    loss = found.loss
    gradients = try harness.parameterNames.map { ($0, try harness.gradient(of: $0)) }
    let names = Set(harness.parameterNames)
    state = harness.savedNames.filter { !names.contains($0) }.map { ($0, harness[$0]) }
    tolerance = try GradientTolerance(model, count: sample.count) {
      try harness.values($0, count: sample.count)
    }
  }

  /// Expects a step of `harness` to move its parameters against the gradients, `rate` times as far,
  /// and its statistics as this step did, as exactly as its arithmetic allows.
  func expectMoves(
    _ harness: PluginHarness, rate: Double, _ precision: Precision,
    _ what: @autoclosure () -> String, _ place: SourceLocation = #_sourceLocation
  ) throws {
    for mistake in mistakes(of: harness, rate: rate, precision) {
      Issue.record("\(what()): \(mistake)", sourceLocation: place)
    }
  }

  /// Whether every gradient is a number.
  var hasFiniteGradients: Bool { gradients.allSatisfy { $0.1.allSatisfy(\.isFinite) } }

  /// What a step of `harness` does otherwise than `expectMoves` says.
  ///
  /// - Parameter noise: By parameter, how far its gradient may be off besides, where gradients cancel
  ///   on their way to a layer, as before a batch norm of two examples.
  func mistakes(
    of harness: PluginHarness, rate: Double, _ precision: Precision, noise: [String: Double] = [:]
  ) -> [String] {
    var mistakes: [String] = []
    func expect(_ isRight: Bool, _ mistake: @autoclosure () -> String) {
      if !isRight { mistakes.append(mistake()) }
    }
    harness.learned = before
    harness.poisonScratch()
    let found = harness.train(sample, rate: rate)
    expect(found.status == 0, "training ended with status \(found.status)")
    let close = precision == .double ? 1e-10 : 1e-4
    let lossError = error([found.loss], [loss])
    expect(lossError < close, "the loss is off by \(lossError)")
    for (name, gradient) in gradients {
      let old = before[name] ?? []
      let new = harness[name]
      let allowed =
        (noise[name] ?? 0)
        + tolerance.error(of: name, before: old, moved: new, rate: rate, precision)
      let off = zip(zip(old, new), gradient).map { abs(($0.0 - $0.1) / rate - $1) }
      expect(
        off.allSatisfy { $0 <= allowed } && off.count == gradient.count,
        "\(name) is off by \(off.max() ?? 0) where \(allowed) is allowed")
    }
    for (name, values) in state {
      let stateError = error(harness[name], values)
      expect(stateError < close, "\(name) is off by \(stateError)")
    }
    return mistakes
  }
}
