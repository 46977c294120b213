import Diagnostics
import Foundation
import IR
import Language
import Lowering
import Operators
import PluginABI
import Verification

@testable import Driver
@testable import Runner

/// Every plan of a model held against the naive network, in double.
struct ModelComparison {
  /// The model file.
  let text: String
  /// What numbers and plans depend on.
  let seed: UInt64
  var library = Library.standard

  /// What is wrong, a line each; empty where nothing is.
  func mistakes() -> [String] {
    do {
      return try found()
    } catch let errors as ModelErrors {
      return errors.diagnostics.map { "refused: \($0.message)" }
    } catch {
      return ["\(error)"]
    }
  }

  private func found() throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.path + "/bnc-random-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let cache = PluginCache(folder: folder)
    let model = try Compiler.plan(
      SourceFile(name: "random.bn", text: text),
      CompileOptions(plan: .inspection(), trains: false), library: library
    ).model
    func harness(_ plan: PlanOptions, batch: Int? = nil) throws -> PluginHarness {
      var plan = plan
      // Optimizing takes most of the time, and nothing here is run often.
      plan.target.compilerFlags.append("-O0")
      let plugin = try cache.withPlugin(
        for: SourceFile(name: "random.bn", text: text),
        CompileOptions(plan: plan, batch: batch, trains: false),
        compiler: .find(named: nil), library: library
      ) { try LoadedPlugin(path: $0, expectedHash: $1) }
      return try PluginHarness(plugin.loaded, seed: seed)
    }
    let count = seed % 2 == 0 ? model.training.batch : lastBatch(of: model)
    let sample = Sample(model, count: count, seed: seed + 1)
    let inspected = try harness(.inspection())
    let start = inspected.learned
    let naive = NaiveComparison(model, tensors: start, sample)
    guard naive.isFinite else { return ["the naive network: the loss is not finite"] }
    var mistakes: [String] = []
    for training in [true, false] {
      inspected.learned = start
      inspected.poisonScratch()
      let found = inspected.gradient(sample, training: training)
      mistakes += naive.mistakes(found, training: training).map {
        "inspection\(training ? "" : " in evaluation"): \($0)"
      }
    }
    let few = sample.prefix(min(3, sample.count))
    inspected.learned = start
    inspected.poisonScratch()
    if inspected.gradient(few).status == 0 {
      let slopes = NaiveSlopes(model, tensors: start, few)
      mistakes += try slopes.mistakes(inspected, seed: seed).map { "inspection: \($0)" }
    }
    inspected.learned = start
    let noise = try gradientNoise(inspected, sample)
    inspected.learned = start
    let step = try InspectedStep(model, inspected, sample)
    let plan = trainingPlan
    let trained = try harness(plan)
    let name =
      "training for \(plan.target.name), cache of \(plan.target.cacheBytes)"
      + (plan.fuses ? "" : ", not fused")
      + (plan.products == .tilesOf2 ? ", by Winograd's products, 2 x 2" : "")
      + (plan.products == .tilesOf4 ? ", by Winograd's products, 4 x 4" : "")
      + (plan.products == .channelGradients ? ", gradients with channels in the lanes" : "")
      + (plan.memory == nil ? "" : ", in little memory")
    mistakes += naive.mistakes(trained.evaluate(sample), training: false).map {
      "\(name), evaluation: \($0)"
    }
    // Where a gradient is 0 times infinity there is nothing to hold a step against; the slopes above
    // have said whether it is.
    if step.hasFiniteGradients {
      mistakes += step.mistakes(of: trained, rate: 1024, .double, noise: noise).map {
        "\(name): \($0)"
      }
    }
    let evaluated = try harness(evaluationPlan, batch: model.training.batch).evaluate(sample)
    mistakes += naive.mistakes(evaluated, training: false).map {
      "the evaluation plan for \(evaluationPlan.target.name), \(evaluationPlan.products): \($0)"
    }
    return mistakes + (try inferenceMistakes(harness(inferencePlan), naive, sample))
  }

  /// By parameter, what roundings change in its gradient, and 32 roundings of the largest gradient,
  /// of which others are what is left of sums that cancel.
  ///
  /// Roundings are made others in two ways: what goes in is moved by some, and every operation on the
  /// way rounds up, down or towards 0 (Kahan, How Futile are Mindless Assessments of Roundoff?, 2006,
  /// section 9), for what goes in hardly shows through layers that flatten it, and what is rounded
  /// behind them does once a batch norm has made a variance of 1 of it.
  private func gradientNoise(
    _ harness: PluginHarness, _ sample: Sample
  ) throws -> [String: Double] {
    let start = harness.learned
    let exact = try gradients(harness, sample)
    var others = try RoundingDirection.allCases.map { direction in
      try direction.whileRounding { try gradients(harness, sample) }
    }
    var numbers = Numbers(seed)
    func moved(_ values: [Double]) -> [Double] {
      values.map { $0 * (1 + 0x1p-49 * (2 * numbers.uniform() - 1)) }
    }
    for name in harness.parameterNames { harness[name] = moved(start[name] ?? []) }
    var disturbed = sample
    disturbed.allInputs = sample.allInputs.map(moved)
    others.append(try gradients(harness, disturbed))
    let floor = 0x1p-48 * largest(exact)
    return Dictionary(
      uniqueKeysWithValues: harness.parameterNames.enumerated().map { index, name in
        let off = others.map { zip(exact[index], $0[index]).map { abs($0 - $1) } }
        return (name, floor + 8 * largest(off))
      })
  }

  private func gradients(_ harness: PluginHarness, _ sample: Sample) throws -> [[Double]] {
    _ = harness.gradient(sample)
    return try harness.parameterNames.map(harness.gradient(of:))
  }

  /// A short one where batches of its size can be trained with.
  private func lastBatch(of model: Model) -> Int {
    let batch = model.training.batch
    guard batch > 1 else { return batch }
    let (short, _) = Frontend.check(
      SourceFile(name: "random.bn", text: text), library: library, batch: batch - 1)
    return short == nil ? batch : batch - 1
  }

  /// The same one on every machine that runs it, so that what a seed finds is found again elsewhere.
  private var target: TargetMachine {
    let wished: [TargetMachine] = [.x86_64_v4, .x86_64_v3, .x86_64, .generic]
    let name = wished[Int(seed % UInt64(wished.count))].name
    return Targets.runnable.first { $0.name == name } ?? Targets.runnable[0]
  }

  private var trainingPlan: PlanOptions {
    switch seed / 7 % 8 {
    case 0: .training(.double, target: target, fuses: false)
    case 1: .smallCache(.double, target: target)
    case 2: .cache(16384, .double, target: target)
    case 3: .winograd(.double, target, side: seed % 2 == 0 ? 2 : 4, cache: 16384)
    case 4: .least(.double, target: target)
    case 5: .channelGradients(.double, target)
    default: .training(.double, target: target)
    }
  }

  private var evaluationPlan: PlanOptions {
    var plan = PlanOptions.evaluation(.double, target: target, fuses: seed / 3 % 4 != 1)
    if seed / 5 % 3 == 0 { plan.products = seed % 2 == 0 ? .tilesOf2 : .tilesOf4 }
    return plan
  }

  private var inferencePlan: PlanOptions {
    .inference(.double, target: target, fuses: seed / 7 % 4 != 1)
  }

  private func inferenceMistakes(
    _ harness: PluginHarness, _ naive: NaiveComparison, _ sample: Sample
  ) throws -> [String] {
    let name =
      "inference for \(inferencePlan.target.name)"
      + (inferencePlan.fuses ? "" : ", not fused")
    let found = try harness.infer(sample)
    guard found.status == BNC_OK else { return ["\(name): status \(found.status)"] }
    var evaluated = harness.evaluate(sample)
    var mistakes = naive.mistakes(evaluated, training: false).map { "\(name), evaluation: \($0)" }
    evaluated.allOutputs = found.allOutputs
    mistakes += naive.mistakes(evaluated, training: false).map { "\(name): \($0)" }
    return mistakes
  }
}
