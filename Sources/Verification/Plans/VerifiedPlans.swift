import CodeGeneration
import Diagnostics
import Driver
import IR
import Lowering
import Runner

/// The plans of one model, compiled when a check asks for them.
struct VerifiedPlans {
  let source: SourceFile
  let batch: Int?
  let compiler: CCompiler
  let cache: PluginCache
  let target: TargetMachine
  let products: PlanOptions.Products
  /// What every plan starts with.
  var learned: [String: [Double]] = [:]

  /// A plan of the model.
  enum Plan: String, CaseIterable {
    /// Every value and every gradient kept, one kernel an operator, in double.
    case inspected = "inspection in double"
    /// What training runs, in double and with a plain step, so that its gradients can be told.
    case fused = "training in double"
    /// What training runs, to the bit, but for that.
    case shipped = "training"
    /// What training runs, in double, one kernel an operator, with the model's optimizer.
    case unfused = "training in double, not fused"
    /// What `bnc train` runs.
    case trained = "training as bnc train compiles it"
    /// What `bnc evaluate` and `bnc predict` run.
    case evaluation = "evaluation"
    /// What runs single examples.
    case inference = "inference"
  }

  /// The plan, in memory of its own.
  func network(_ plan: Plan, threads: Int = 1) throws -> ProbedNetwork {
    let plugin = try cache.withPlugin(for: source, options(of: plan), compiler: compiler) {
      try LoadedPlugin(path: $0, expectedHash: $1, model: source.name)
    }
    let network = try ProbedNetwork(plugin.loaded, threads: threads)
    network.learned = learned
    return network
  }

  private func options(of plan: Plan) -> CompileOptions {
    var options = CompileOptions(
      plan: PlanOptions(target: target, products: products), batch: batch, trains: false)
    switch plan {
    case .inspected: options.plan.purpose = .inspection
    case .fused, .shipped: options.stepsPlainly = true
    case .unfused: options.plan.fuses = false
    case .trained: break
    case .evaluation: options.plan.purpose = .evaluation
    case .inference: options.plan.purpose = .inference
    }
    if [.inspected, .fused, .unfused].contains(plan) {
      options.plan.precision = .double
      // Optimizing takes most of the time, and these are run a few times only.
      options.plan.target.compilerFlags.append("-O1")
    }
    return options
  }

  /// Of each output that of each example, by the C that `bnc freeze` writes.
  func frozenOutputs(_ sample: Sample, of model: Model) throws -> [[Double]] {
    var options = try FrozenOptions(name: FrozenName("net"), stem: "net")
    options.weights = .file
    let frozen = try Compiler.freeze(
      source, PlanOptions(target: target, purpose: .inference, embedding: .float), options
    ) { learned[$0] ?? [] }
    let sizes = model.outputs.map { model.shape(of: $0).elementCount }
    let scale = model.training.scalesReals ? model.training.dataScale : 1
    return try FrozenFiles.withLibrary(of: frozen, named: options.stem, by: compiler) { path in
      let library = try FrozenLibrary(path: path, scratch: frozen.scratch, weights: frozen.weights)
      var all = sizes.map { _ in [Double]() }
      let rooms = try sizes.map { try Tensor(zerosOf: [$0], type: .float32) }
      for index in 0..<sample.count {
        let inputs = try sample.allInputs.map { numbers in
          let width = numbers.count / sample.count
          let row = numbers[index * width..<(index + 1) * width].map { $0 / scale }
          return try Tensor(shape: [width], values: row, as: .float32)
        }
        // What pointers point into has to be there for as long as the call.
        try withExtendedLifetime((inputs, rooms)) {
          try library.run(
            inputs.map(\.bytes.baseAddress),
            outputs: rooms.map { $0.memory.bytes.baseAddress?.assumingMemoryBound(to: Float.self) }
          )
        }
        for output in rooms.indices { all[output] += rooms[output].values }
      }
      return all
    }
  }
}
