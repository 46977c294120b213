import IR
import Lowering

/// The numbers that a tensor starts with.
struct ListContext: Sendable {
  let tensor, name, values: String
}

/// A row of the table of hyperparameters.
struct HyperparameterContext: Sendable {
  let name, value: String
}

/// When the learning rate falls on a plateau.
struct PlateauContext: Sendable {
  let metric, factor, threshold, end: String
  let patience, cooldown, isAbsolute: Int

  init(_ plateau: Plateau) {
    metric = plateau.metric.rawValue
    factor = CText.double(plateau.factor)
    threshold = CText.double(plateau.threshold)
    end = CText.double(plateau.end)
    (patience, cooldown) = (plateau.patience, plateau.cooldown)
    isAbsolute = plateau.mode == .abs ? 1 : 0
  }
}

/// What fills in the end of either kind of file: the tables that tell a host what it must know.
struct PluginTableContext: TemplateContext {
  var template: String { "File/plugin_table.c.mustache" }
  let version, model, hash, target, examplesAVector, kernelsCover: String
  /// The rows of the table of tensors.
  let tensors: [String]
  /// The numbers of those that start with numbers of their own.
  let lists: [ListContext]
  let hasState, hasLists, hasSlots, hasProbes: Bool
  /// What is made of sound, as the fields of its struct.
  let sound: String?
  /// Whether a host adds noise to the sounds that it trains on.
  let hasBackground: Bool
  let layers: String
  let kernels: String
  let epochs: Int
  let inputs, outputs: [TableValue]
  let targets: [TableTarget]
  let losses: [TableLoss]
  let inputCount, targetCount, outputCount, lossCount: Int
  let optimizerName: String
  let hyperparameters: [HyperparameterContext]
  /// One where the learning rate falls on a plateau.
  let plateau: [PlateauContext]
  /// How many slots the optimizer keeps, where it keeps any.
  let slots: String?
  let stateSize: String
  /// How many passes a step has, where it has several.
  let passes: String?
  let prepares, hasSchedule: Bool
  let entries: [String]
  let whitenings: [WhiteningContext]
  let views: [ViewContext]
  let hasWhitenings, hasViews, severalInputs: Bool
  let viewCount: Int
  /// How many processes a batch lies across, where it does; whether the shares are symmetric.
  let processes: String?
  let sharesMirror: Int
  /// The hash of the same training on one process, where it is for several.
  let trainingHash: String?

  init(
    names: CodegenContext, table: TensorTable, kernels: String, hash: String, trainingHash: String?,
    version: String
  ) {
    let plan = names.plan
    let model = plan.model
    self.version = version
    self.model = model.name
    self.hash = hash
    self.trainingHash = trainingHash
    target = plan.options.target.name
    hasState = !table.state.isEmpty
    lists = table.lists
    hasLists = !lists.isEmpty
    hasBackground = model.training.background != nil
    sound = model.training.sound.map { sound in
      [
        sound.rate, sound.length, sound.window, sound.stride, sound.bands, sound.coefficients ?? 0,
      ].map(String.init).joined(separator: ", ")
        + ", \(CText.double(sound.low)), \(CText.double(sound.high))"
        + ", \(CText.double(model.training.background?.frequency ?? 0))"
        + ", \(CText.double(model.training.background?.volume ?? 0))"
    }
    tensors = table.owned + table.slots + table.probes
    whitenings = WhiteningContext.all(of: model, tensors: table.owned)
    views = model.views.flatMap { view in view.inputs.map { ViewContext($0, of: view) } }
    (hasWhitenings, hasViews) = (!whitenings.isEmpty, !views.isEmpty)
    (severalInputs, viewCount) = (model.inputs.count > 1, model.views.count)
    processes = plan.joinsProcesses ? "\(plan.options.processes)" : nil
    sharesMirror = model.mixesExamples ? 1 : 0
    hasSlots = !table.slots.isEmpty
    hasProbes = !table.probes.isEmpty
    layers = model.layers.map { "\"\($0.name)\", " }.joined()
    self.kernels = kernels
    epochs = model.training.epochs
    inputs = model.inputs.indices.map { TableValue(input: $0, of: model) }
    outputs = model.outputs.map {
      TableValue(name: model.outputName($0), model.shape(of: $0))
    }
    targets = model.targets.indices.map { TableTarget($0, of: model) }
    losses = model.losses.map { TableLoss($0, of: model) }
    (inputCount, targetCount) = (inputs.count, targets.count)
    (outputCount, lossCount) = (outputs.count, losses.count)
    optimizerName = model.training.optimizer.keyword
    hyperparameters = model.training.optimizer.hyperparameters.map {
      HyperparameterContext(name: $0.name, value: CText.double($0.value))
    }
    let slotCount = plan.options.purpose == .training ? plan.slotCount : 0
    slots = slotCount > 0 ? "\(slotCount)" : nil
    plateau =
      plan.options.purpose == .training
      ? [model.training.schedule.plateau].compactMap { $0.map(PlateauContext.init) } : []
    let accumulated = plan.options.purpose == .training ? model.training.accumulated : 1
    passes = accumulated > 1 ? "\(accumulated)" : nil
    hasSchedule = ScheduleContext(names) != nil
    stateSize = table.state.isEmpty ? "0" : "sizeof(struct state)"
    switch plan.options.purpose {
    case .training:
      (examplesAVector, kernelsCover, prepares) = ("LANES", "a full batch", false)
      entries = ["train", "evaluate"]
    case .inspection:
      (examplesAVector, kernelsCover, prepares) = ("LANES", "a full batch", false)
      entries = ["evaluate", "gradient"]
    case .evaluation:
      (examplesAVector, kernelsCover, prepares) = ("LANES", "a full batch", true)
      entries = ["evaluate", "prepare"]
    case .inference:
      (examplesAVector, kernelsCover, prepares) = ("1", "one example", true)
      entries = ["evaluate", "prepare", "infer"]
    }
  }
}
