import Diagnostics
import IR

// What can only be said when the whole model is known.
extension Checker {
  /// Two layers of one name would be one name in the generated C.
  mutating func checkLayerNames() {
    var seen: [String: LayerName] = [:]
    for name in [inputName, targetName].compactMap({ $0 }) {
      seen[name.text] = LayerName(text: name.text, range: name.range, isWritten: false)
    }
    var duplicates: Set<String> = []
    for name in layerNames {
      // Within a block or repetition that is itself named twice, its name is the mistake.
      let isWithin = duplicates.contains(name.prefix)
      guard let first = seen[name.text], !isWithin else {
        if isWithin { duplicates.insert(name.text + "_") } else { seen[name.text] = name }
        continue
      }
      duplicates.insert(name.text + "_")
      if first.range == name.range { continue }
      let (late, early) = first.isWritten && !name.isWritten ? (first, name) : (name, first)
      report(.duplicateLayerName(late.text, at: late.range, other: early.range))
    }
  }

  /// The value that the loss reads is shown and saved under its name, the layers' results under
  /// theirs: one name is one thing.
  mutating func checkOutputName(of model: Model, in scope: Scope) {
    let output = model.loss.operand
    guard output != .input, let name = model.layers[output.layerIndex].valueName,
      let layer = model.layers.firstIndex(where: { $0.name == name }), layer != output.layerIndex,
      let range = scope.names[name]?.range
    else { return }
    report(.outputNamedLikeLayer(name, at: range, layer: model.layers[layer].range))
  }

  /// Names that nobody reads.
  mutating func reportUnused(in scope: Scope) {
    if syntax.isDamaged { return }
    for name in scope.order {
      guard let entry = scope.names[name], !entry.isRead, !entry.isGiven else { continue }
      report(.unusedValue(name, at: entry.range))
    }
  }

  /// What fits each tensor by itself must fit the whole model, and a batch, too.
  mutating func checkSizes(of model: Model) {
    var parameters = 0
    for layer in model.layers {
      for tensor in layer.op.base.parameters(of: model.operandShapes(of: layer)) {
        parameters += tensor.elementCount
      }
      guard parameters < Limits.elements else {
        report(.tooManyParameters(parameters, at: layer.range))
        return
      }
    }
    let batch = model.training.batch
    let values =
      [(model.input.shape, model.input.range)] + model.layers.map { ($0.shape, $0.range) }
    for (shape, range) in values where shape.elementCount * batch >= Limits.elements {
      report(.batchTooLarge(shape, batch: batch, at: range))
    }
  }

  /// A channel of one value is its own mean: nothing of it is left to learn from.
  mutating func checkValuesPerChannel(of model: Model) {
    guard model.training.batch == 1 else { return }
    for layer in model.layers
    where layer.op.normalization != nil && layer.shape.elementCount == layer.shape.channels {
      report(.oneValuePerChannel(layer))
    }
  }

  /// What is allowed, but worth knowing.
  mutating func remark(on model: Model, keyword: SourceRange) {
    var isLearning = false
    for (index, layer) in model.layers.enumerated() {
      if model.parameters(of: index).contains(where: { !$0.isFrozen }) { isLearning = true }
      let value = ValueID.result(of: index)
      let readers = model.layers.filter { $0.operands.contains(value) }
      if let product = layer.op.base as? any ProductOperation, product.hasBias, readers.count == 1,
        !layer.frozen.contains(.bias),
        value != model.loss.operand, model.penalties(on: .bias, of: index).isEmpty,
        readers[0].op.normalization != nil,
        model.training.optimizer.leavesZeroGradientsAlone
      {
        report(.inertBias(layer, norm: readers[0]))
      }
      for case let held? in model.parameters(of: index).map(\.held)
      where writtenKeys[layer.range]?.contains(held.key) != true {
        report(.fixedGamma(layer))
      }
    }
    if model.loss.function.base is any LogitLoss, model.loss.operand != .input {
      let last = model.layers[model.loss.operand.layerIndex]
      if (last.op.base as? any ProbabilityOperation)?.makesProbabilities == true {
        report(.doubleSoftmax(last, loss: model.loss.function.base.keyword))
      }
    }
    if !isLearning {
      report(.nothingToLearn(at: keyword, isFrozen: !model.layers.allSatisfy(\.frozen.isEmpty)))
    }
  }
}

extension Model {
  /// The model without the layers that the loss does not depend on; the others keep their names.
  func keepingWhatTheLossReads() -> Model {
    var isRead = Array(repeating: false, count: layers.count + 1)
    isRead[loss.operand.index] = true
    for index in layers.indices.reversed() where isRead[index + 1] {
      for operand in layers[index].operands { isRead[operand.index] = true }
    }
    var moved = Array(repeating: ValueID.input, count: layers.count + 1)
    var kept = self
    kept.layers = []
    for (index, layer) in layers.enumerated() where isRead[index + 1] {
      var layer = layer
      layer.operands = layer.operands.map { moved[$0.index] }
      kept.layers.append(layer)
      moved[index + 1] = .result(of: kept.layers.count - 1)
    }
    kept.loss.operand = moved[loss.operand.index]
    return kept
  }
}
