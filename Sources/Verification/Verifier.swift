import Diagnostics
import Driver
import IR
import Lowering
import Runner

/// Proves a compiled network on the machine that it runs on: each plan that bnc makes of a model is
/// compiled, run over a few made-up examples, and held against formulas, slopes and the other plans.
package struct Verifier {
  /// What to verify, and how.
  package struct Settings: Sendable {
    /// Examples per step in the place of the model's own number.
    package var batch: Int?
    /// Where made-up examples and parameters start.
    package var seed: UInt64
    /// The threads that are held against one.
    package var threads: Int
    /// Whether convolutions take every product of their sums.
    package var isExact: Bool
    /// Parameters and running statistics; those that are missing are made up.
    package var learned: [String: [Double]]

    package init(
      batch: Int? = nil, seed: UInt64 = 1, threads: Int, isExact: Bool = false,
      learned: [String: [Double]] = [:]
    ) {
      self.batch = batch
      self.seed = seed
      self.threads = threads
      self.isExact = isExact
      self.learned = learned
    }
  }

  /// How far it is.
  package struct Progress: Sendable {
    package let check: VerificationCheck
    /// Which of the checks it is, from 1 on, and how many there are.
    package let number: Int
    package let count: Int
    /// Seconds that the rest will take, as far as that can be told.
    package let secondsLeft: Double?
  }

  package let model: Model
  let settings: Settings
  let plans: VerifiedPlans
  /// What goes through formulas, which take their time: a few examples.
  let sample: Sample

  /// How many examples go through formulas: a batch norm of fewer is hardly one.
  private static let formulaExamples = 5

  /// Of the model `source`.
  ///
  /// - Throws: `ModelErrors` where the model has errors.
  package init(
    _ source: SourceFile, _ settings: Settings, compiler: CCompiler, cache: PluginCache = .standard,
    target: TargetMachine = .native
  ) throws {
    self.settings = settings
    model = try Compiler.model(source, CompileOptions(batch: settings.batch, trains: false))
    let count = min(model.training.batch, Self.formulaExamples)
    sample = Sample(model, count: count, seed: settings.seed)
    var plans = VerifiedPlans(
      source: source, batch: settings.batch, compiler: compiler, cache: cache, target: target,
      products: settings.isExact ? .exact : .fast)
    plans.learned = model.madeUpTensors(seed: settings.seed &+ 1)
      .merging(settings.learned) { $1 }
    self.plans = plans
  }

  /// Runs `checks`.
  ///
  /// - Parameter report: Is told before each check.
  /// - Throws: `Failure` where there is no compiler, or where numbers are not finite.
  package func run(
    _ checks: [VerificationCheck] = VerificationCheck.allCases,
    _ report: (Progress) -> Void = { _ in }
  ) throws -> [Finding] {
    let start = ContinuousClock.now
    var findings: [Finding] = []
    var done = 0.0
    let total = checks.reduce(0) { $0 + $1.share }
    for (index, check) in checks.enumerated() {
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      report(
        Progress(
          check: check, number: index + 1, count: checks.count,
          secondsLeft: done > 0 ? elapsed / done * (total - done) : nil))
      findings += try self.findings(of: check)
      done += check.share
    }
    return findings
  }

  private func findings(of check: VerificationCheck) throws -> [Finding] {
    do {
      return try found(by: check)
    } catch let place as NumbersNotFinite {
      throw Failure(
        "\(check.rawValue): numbers are infinite or none"
          + (place.layer.map { " from layer '\($0)' on" } ?? ""),
        help:
          "there is nothing to compare; try another --seed, or weights of a training: --weights FILE"
      )
    }
  }

  private func found(by check: VerificationCheck) throws -> [Finding] {
    switch check {
    case .formulas: try checkFormulas()
    case .slopes: try checkSlopes()
    case .fusion: try checkFusion()
    case .precision: try checkPrecision()
    case .statistics: try checkStatistics()
    case .optimizer: try checkOptimizer()
    case .threads: try checkThreads()
    case .lanes: try checkLanes()
    }
  }

  /// The parameters that move, by name, with their layers.
  var movingParameters: [(name: String, layer: Int, declared: TensorDeclaration)] {
    model.layers.indices.flatMap { index in
      model.parameters(of: index).filter { !$0.isFrozen && $0.held == nil }.map {
        ("\(model.layers[index].name).\($0.name)", index, $0)
      }
    }
  }
}

extension Model {
  /// Numbers for all parameters and running statistics, drawn from `seed`: every batch norm has seen a
  /// batch.
  fileprivate func madeUpTensors(seed: UInt64) -> [String: [Double]] {
    var numbers = Numbers(seed)
    var made: [String: [Double]] = [:]
    for (index, layer) in layers.enumerated() {
      for tensor in parameters(of: index) + state(of: index) {
        made["\(layer.name).\(tensor.name)"] = numbers.values(for: tensor)
      }
    }
    return made
  }
}
