import Diagnostics
import Foundation
import IR
import Language
import Lowering
import Operators
import PluginABI

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
    func harness(_ plan: PlanOptions) throws -> PluginHarness {
      var plan = plan
      // Optimizing takes most of the time, and nothing here is run often.
      plan.target.compilerFlags.append("-O0")
      let built = try cache.plugin(
        for: SourceFile(name: "random.bn", text: text), CompileOptions(plan: plan, trains: false),
        compiler: .find(named: nil), library: library)
      return try PluginHarness(LoadedPlugin(path: built.path, expectedHash: built.hash), seed: seed)
    }
    let sample = Sample(model, count: lastBatch(of: model), seed: seed + 1)
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
    return mistakes + (try inferenceMistakes(harness(inferencePlan), naive, sample))
  }

  /// By parameter, what some roundings of parameters and inputs change in its gradient, and 32
  /// roundings of the largest gradient, of which others are what is left of sums that cancel.
  private func gradientNoise(
    _ harness: PluginHarness, _ sample: Sample
  ) throws -> [String: Double] {
    func gradients(_ sample: Sample) throws -> [[Double]] {
      _ = harness.gradient(sample)
      return try harness.parameterNames.map(harness.gradient(of:))
    }
    let start = harness.learned
    let exact = try gradients(sample)
    var numbers = Numbers(seed)
    func moved(_ values: [Double]) -> [Double] {
      values.map { $0 * (1 + 0x1p-49 * (2 * numbers.uniform() - 1)) }
    }
    for name in harness.parameterNames { harness[name] = moved(start[name] ?? []) }
    var other = sample
    other.inputs = moved(sample.inputs)
    let disturbed = try gradients(other)
    let floor = 0x1p-48 * largest(exact)
    return Dictionary(
      uniqueKeysWithValues: harness.parameterNames.indices.map { index in
        let off = zip(exact[index], disturbed[index]).map { abs($0 - $1) }
        return (harness.parameterNames[index], floor + 8 * largest([off]))
      })
  }

  /// A short one where batches of its size can be trained with.
  private func lastBatch(of model: Model) -> Int {
    let batch = model.training.batch
    guard batch > 1 else { return batch }
    let (short, _) = Frontend.check(
      SourceFile(name: "random.bn", text: text), library: library, batch: batch - 1)
    return short == nil ? batch : batch - 1
  }

  private var target: TargetMachine {
    Targets.runnable[Int(seed % UInt64(Targets.runnable.count))]
  }

  private var trainingPlan: PlanOptions {
    switch seed / 7 % 8 {
    case 0: .training(.double, target: target, fuses: false)
    case 1: .smallCache(.double, target: target)
    case 2: .cache(16384, .double, target: target)
    default: .training(.double, target: target)
    }
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
    evaluated.outputs = found.outputs
    mistakes += naive.mistakes(evaluated, training: false).map { "\(name): \($0)" }
    return mistakes
  }
}
