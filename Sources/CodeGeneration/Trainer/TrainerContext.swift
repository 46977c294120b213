import IR
import Lowering

/// A region of a trainer's memory.
struct TrainerRegion: Sendable {
  let name: String
  let size: Int
  let meaning: String?
}

/// What a caller's function brings in, or what a network makes: `count` numbers an example.
struct TrainerValue: Sendable {
  let name, type, kind, meaning: String
  let count: Int

  /// Bytes of a batch, as far as the next member of the arena.
  func bytes(batch: Int, real: Precision) -> Int {
    let size = ["uint8_t": 1, "int32_t": 4][type] ?? real.bytes
    return MemoryPlan.aligned(batch * count * size)
  }
}

/// How it is told whether an example of classes was taken for what it is.
struct TrainerClasses: Sendable {
  let target, output: String
  let width: Int
  /// Of one number for two classes what is above it is the second.
  let threshold: String?
  /// The class that counts nothing.
  let ignored: String?
}

/// What fills in the trainer of a network: what an engineer puts into a program of their own.
struct TrainerContext: Sendable {
  let model, macro, version, hash, real: String
  let batch, passes, hyperparameterCount: Int
  let regions: [TrainerRegion]
  let inputs, targets, outputs: [TrainerValue]
  /// One, or none.
  let classes: [TrainerClasses]
  let compileLines: [String]
  let isAugmented, hasAverages: Bool
  /// Whether examples count differently in the mean of a loss, and how many losses there are.
  let weighs: Bool
  let lossCount: Int
  /// The tensors that `bnc train` makes of its data.
  let computed: [String]
  let starts: [Distribution]
  /// The text of the header of a file of weights.
  let weightsHeader: String

  init(names: CodegenContext, memory: MemoryPlan, hash: String, version: String) {
    let plan = names.plan
    let model = plan.model
    let tensors = SavedTensor.all(of: model)
    (self.model, self.hash, self.version) = (model.name, hash, version)
    macro = model.name.uppercased()
    let precision = plan.options.precision
    let real = precision.rawValue
    self.real = real
    batch = model.training.batch
    passes = model.training.accumulated
    hyperparameterCount = max(1, model.training.optimizer.hyperparameters.count)
    starts = tensors.map(\.start)
    computed = tensors.filter(\.isComputed).map(\.name)
    weightsHeader = SavedTensor.header(tensors, model: model.name, precision)
    regions = Self.regions(plan, memory, tensors)
    inputs = Self.inputs(model, real: real)
    targets = Self.targets(model, real: real)
    outputs = model.outputs.map {
      TrainerValue(
        name: model.outputName($0), type: real, kind: "", meaning: "",
        count: model.shape(of: $0).elementCount)
    }
    classes = Self.classes(model)
    compileLines = NetworkContext.compileLines(
      plan, files: ["main.c", "\(model.name)_trainer.c", "\(model.name).c"], output: model.name)
    isAugmented = model.augments
    hasAverages = model.training.averaging != nil
    weighs = plan.graph.losses.contains(where: \.weighsMean)
    lossCount = plan.graph.losses.count
  }

  /// Bytes of the whole memory.
  var arenaSize: Int {
    let precision: Precision = real == "float" ? .float : .double
    return regions.reduce(0) { $0 + MemoryPlan.aligned($1.size) }
      + (inputs + targets + outputs).reduce(0) { $0 + $1.bytes(batch: batch, real: precision) }
  }

  private static func regions(
    _ plan: KernelPlan, _ memory: MemoryPlan, _ tensors: [SavedTensor]
  ) -> [TrainerRegion] {
    let bytes = plan.options.precision.bytes
    func size(isState: Bool) -> Int {
      tensors.filter { $0.isState == isState }.reduce(0) { $0 + $1.count } * bytes
    }
    let parameters = size(isState: false)
    // Orthogonal matrices are found in doubles, before a step needs the scratch.
    let matrices = tensors.compactMap { tensor in
      if case .orthogonal = tensor.start { tensor.count * 8 } else { nil as Int? }
    }
    return [
      TrainerRegion(name: "parameters", size: parameters, meaning: "learned"),
      TrainerRegion(name: "state", size: size(isState: true), meaning: "running statistics"),
      TrainerRegion(
        name: "slots", size: plan.slotCount * parameters, meaning: "what the optimizer keeps"),
      TrainerRegion(
        name: "scratch", size: max(memory.size, matrices.max() ?? 0),
        meaning: "of one call"),
    ].filter { $0.size > 0 }
  }

  private static func inputs(_ model: Model, real: String) -> [TrainerValue] {
    // Where the model scales, the data are bytes.
    let isBytes = model.training.dataScale != 1
    return model.inputs.map { input in
      TrainerValue(
        name: input.name, type: isBytes ? "uint8_t" : real,
        kind: isBytes ? "BNC_UINT8" : "BNC_REAL",
        meaning: model.training.meaning(ofBytes: isBytes), count: input.shape.elementCount)
    }
  }

  private static func targets(_ model: Model, real: String) -> [TrainerValue] {
    model.targets.map { target in
      switch target.kind {
      case .classes(let count, let positions):
        TrainerValue(
          name: target.name, type: "int32_t", kind: "",
          meaning: (positions.isEmpty ? "a class" : "classes") + " from 0 to \(count - 1)",
          count: target.kind.elementCount)
      case .values(let shape):
        TrainerValue(
          name: target.name, type: real, kind: "", meaning: "\(shape) numbers",
          count: shape.elementCount)
      }
    }
  }

  /// Those of the first loss that has one class an example.
  private static func classes(_ model: Model) -> [TrainerClasses] {
    let all = model.losses.compactMap { loss -> TrainerClasses? in
      guard case .classes(_, let positions) = model.targets[loss.target].kind, positions.isEmpty
      else { return nil }
      let width = model.shape(of: loss.operand).elementCount
      return TrainerClasses(
        target: model.targets[loss.target].name, output: model.outputName(loss.operand),
        width: width,
        threshold: width > 1 ? nil : loss.function.base.isOfLogit ? "0" : "0.5",
        ignored: model.losses.ignored(by: loss.target).map { "\($0)" })
    }
    return Array(all.prefix(1))
  }
}
