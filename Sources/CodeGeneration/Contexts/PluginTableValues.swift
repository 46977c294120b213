import IR
import Lowering

/// A row of the plugin's table of inputs or outputs.
struct TableValue: Sendable {
  let name, shape, scale: String
  let rank, scalesReals, normalization, resizes: Int
  /// Whether the host makes it of sound.
  let sound: String

  init(name: String, _ shape: Shape) {
    self.name = name
    self.shape = CText.list(shape.dimensions)
    scale = "1"
    (scalesReals, normalization, sound, resizes) = (0, 0, "0", 0)
    rank = shape.dimensions.count
  }

  /// Input `index`.
  init(input index: Int, of model: Model) {
    let input = model.inputs[index]
    name = input.name
    shape = CText.list(input.shape.dimensions)
    scale = CText.double(model.training.dataScale)
    scalesReals = model.training.scalesReals ? 1 : 0
    rank = input.shape.dimensions.count
    normalization = model.layerNormalizing(input: index).map { $0 + 1 } ?? 0
    sound = model.training.sound == nil ? "0" : "&sound"
    resizes = model.training.imageSize == nil ? 0 : 1
  }
}

extension Model {
  /// The layer that normalizes an input by numbers of the data; nil where none does.
  func layerNormalizing(input index: Int) -> Int? {
    layers.firstIndex {
      $0.op.base is any InputNormalizing && beforeAugmentation($0.operands[0]) == .input(index)
    }
  }
}

/// A row of the plugin's table of targets.
struct TableTarget: Sendable {
  let name, type, shape, ignored: String
  let rank, classes: Int

  init(_ index: Int, of model: Model) {
    name = model.targets[index].name
    switch model.targets[index].kind {
    case .classes(let count, let positions):
      (classes, rank, type) = (count, positions.count, "BNC_INT32")
      shape = positions.isEmpty ? "0" : CText.list(positions)
    case .values(let values):
      (classes, rank, type) = (0, values.dimensions.count, "BNC_REAL")
      shape = CText.list(values.dimensions)
    }
    ignored = model.losses.ignored(by: index).map { "(uint32_t)\($0) ^ 1u << 31" } ?? "0"
  }
}

/// A row of the plugin's table of losses.
struct TableLoss: Sendable {
  let name, weight, probabilities: String
  let output, target, isMean, isOfLogit, isOfLabels: Int

  init(_ loss: Loss, of model: Model) {
    name = loss.function.base.keyword
    weight = CText.double(loss.weight)
    output = model.outputs.firstIndex(of: loss.operand) ?? 0
    target = loss.target
    isMean = loss.reduction == .mean ? 1 : 0
    isOfLogit = loss.function.base.isOfLogit ? 1 : 0
    let hasValues = model.targets[loss.target].kind.classCount == 0
    isOfLabels = hasValues && loss.function.base.isOfLabels ? 1 : 0
    probabilities =
      switch loss.function.base.probabilities {
      case .softmax: "BNC_SOFTMAX"
      case .sigmoid: "BNC_SIGMOID"
      case nil: "BNC_NO_PROBABILITIES"
      }
  }
}
