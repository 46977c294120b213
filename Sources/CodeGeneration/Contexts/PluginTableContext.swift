import IR
import Lowering

/// A row of the table of hyperparameters.
struct HyperparameterContext: Sendable {
  let name, value: String
}

/// What fills in the end of either kind of file: the tables that tell a host what it must know.
struct PluginTableContext: TemplateContext {
  var template: String { "File/plugin_table.c.mustache" }
  let version, model, hash, target, examplesAVector, kernelsCover: String
  /// What layers own, and what else there is.
  let owned: [String]
  let tensors: [TensorContext]
  let hasState: Bool
  let layers: String
  let kernels: String
  let epochs: Int
  let inputName, targetName, outputName, lossName, optimizerName: String
  let inputScale, targetType, ignored: String
  let hyperparameters: [HyperparameterContext]
  /// How many slots the optimizer keeps, where it keeps any.
  let slots: String?
  let classes, inputRank, outputRank, targetRank, lossIsMean, lossIsOfLogit: Int
  let inputShape, outputShape, targetShape, stateSize: String
  let prepares, hasSchedule: Bool
  let entries: [String]

  init(
    names: CodegenContext, table: TensorTable, kernels: String, hash: String, version: String
  ) {
    let plan = names.plan
    let model = plan.model
    self.version = version
    self.model = model.name
    self.hash = hash
    target = plan.options.target.name
    owned = table.owned
    hasState = !table.state.isEmpty
    tensors = table.tensors
    layers = model.layers.map { "\"\($0.name)\", " }.joined()
    self.kernels = kernels
    epochs = model.training.epochs
    inputName = model.input.name
    targetName = model.target.name
    outputName = model.outputName
    lossName = model.loss.function.base.keyword
    optimizerName = model.training.optimizer.keyword
    hyperparameters = model.training.optimizer.hyperparameters.map {
      HyperparameterContext(name: $0.name, value: CText.double($0.value))
    }
    let slotCount = plan.options.purpose == .training ? model.training.optimizer.slots.count : 0
    slots = slotCount > 0 ? "\(slotCount)" : nil
    hasSchedule = ScheduleContext(names) != nil
    inputScale = CText.double(model.training.dataScale)
    inputRank = model.input.shape.dimensions.count
    inputShape = CText.list(model.input.shape.dimensions)
    let outputShape = model.shape(of: model.loss.operand)
    outputRank = outputShape.dimensions.count
    self.outputShape = CText.list(outputShape.dimensions)
    lossIsMean = model.loss.reduction == .mean ? 1 : 0
    lossIsOfLogit = model.loss.function.base.isOfLogit ? 1 : 0
    switch model.target.kind {
    case .classes(let count, let positions):
      (classes, targetRank, targetType) = (count, positions.count, "BNC_INT32")
      targetShape = positions.isEmpty ? "0" : CText.list(positions)
    case .values(let shape):
      (classes, targetType) = (0, "BNC_REAL")
      (targetRank, targetShape) = (shape.dimensions.count, CText.list(shape.dimensions))
    }
    ignored =
      model.loss.function.base.classWeights?.ignored.map { "(uint32_t)\($0) ^ 1u << 31" } ?? "0"
    stateSize = table.state.isEmpty ? "0" : "sizeof(struct state)"
    switch plan.options.purpose {
    case .training:
      (examplesAVector, kernelsCover, prepares) = ("LANES", "a full batch", false)
      entries = ["train", "evaluate"]
    case .inspection:
      (examplesAVector, kernelsCover, prepares) = ("LANES", "a full batch", false)
      entries = ["evaluate", "gradient"]
    case .inference:
      (examplesAVector, kernelsCover, prepares) = ("1", "one example", true)
      entries = ["evaluate", "prepare", "infer"]
    }
  }
}

extension Model {
  /// The name of the loss's operand: what the model file calls it, or the layer that makes it.
  package var outputName: String {
    let index = loss.operand.layerIndex
    return index < 0 ? input.name : layers[index].valueName ?? layers[index].name
  }
}
