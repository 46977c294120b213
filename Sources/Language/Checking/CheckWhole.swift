import Diagnostics
import IR

// What can only be said when the whole model is known.
extension Checker {
  /// Two layers of one name would be one name in the generated C.
  mutating func checkLayerNames() {
    var seen: [String: LayerName] = [:]
    for name in inputNames + targetNames {
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

  /// A value that a loss reads is shown and saved under its name, the layers' results under
  /// theirs: one name is one thing.
  mutating func checkOutputNames(of model: Model, in scope: Scope) {
    for maker in model.outputs.compactMap(\.layer) {
      guard let name = model.layers[maker].valueName,
        let layer = model.layers.firstIndex(where: { $0.name == name }), layer != maker,
        let range = scope.names[name]?.range
      else { continue }
      report(.outputNamedLikeLayer(name, at: range, layer: model.layers[layer].range))
    }
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
      model.inputs.map { ($0.shape, $0.range) } + model.layers.map { ($0.shape, $0.range) }
    // What comes after the first one is as large for its sake.
    if let (shape, range) = values.first(where: { $0.0.elementCount * batch >= Limits.elements }) {
      report(.batchTooLarge(shape, batch: batch, at: range))
    }
  }

  /// The mean of a loss that counts classes differently is divided by what they count in all passes
  /// of a step, which only its last one knows.
  mutating func checkAccumulation(of model: Model) {
    guard model.training.accumulated > 1 else { return }
    for loss in model.losses where loss.classWeights != nil && loss.reduction == .mean {
      report(.accumulatedClassWeights(loss))
    }
  }

  /// What moves matrices moves nothing else.
  mutating func checkOptimizers(of model: Model) {
    let training = model.training
    for index in model.layers.indices {
      for tensor in model.parameters(of: index) where !tensor.isFrozen && tensor.shape.count < 2 {
        let optimizer = model.optimizer(of: tensor.role, in: index)
        guard optimizer.tensorStep?.needsMatrix == true else { continue }
        let name = "\(model.layers[index].name).\(tensor.name)"
        let place = model.optimizerIndex(of: tensor.role, in: index)
        let pattern =
          place == 0
          ? nil : training.namedOptimizers[place - 1].patterns.first { $0.matches(name) }
        guard let range = pattern?.range ?? optimizerRange else { continue }
        report(.noMatrix(optimizer.keyword, parameter: name, Shape(tensor.shape), at: range))
      }
    }
  }

  /// What a schedule changes the optimizer has, and what it goes by a target has.
  mutating func checkSchedule(of model: Model) {
    guard let range = scheduleRange else { return }
    let (schedule, optimizer) = (model.training.schedule, model.training.optimizer)
    if schedule.momentum != nil, optimizer.momentumIndex == nil, knowsOptimizer {
      report(.noMomentum(optimizer.keyword, schedule: schedule.keyword, at: range))
    }
    func fits(_ metric: Plateau.Metric) -> Bool {
      model.losses.contains {
        metric.fits(model.targets[$0.target].kind, $0.function.base)
      }
    }
    if let metric = schedule.plateau?.metric, !fits(metric) {
      let known = Plateau.Metric.allCases.filter(fits)
      report(
        .misfitOfPlateau(
          metric.rawValue, schedule: schedule.keyword, known: known.map(\.rawValue), at: range))
    }
  }

  /// A channel of one value is its own mean: nothing of it is left to learn from.
  mutating func checkValuesPerChannel(of model: Model) {
    guard model.training.batch == 1 else { return }
    for layer in model.layers
    where layer.op.usesBatchStatistics && layer.shape.elementCount == layer.shape.channels {
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
        !model.outputs.contains(value), model.penalties(on: .bias, of: index).isEmpty,
        readers[0].op.usesBatchStatistics,
        model.staysWithoutGradient(.bias, in: index)
      {
        report(.inertBias(layer, norm: readers[0]))
      }
      for case let held? in model.parameters(of: index).map(\.held)
      where writtenKeys[layer.range]?.contains(held.key) != true {
        report(.fixedGamma(layer))
      }
    }
    for loss in model.losses { remark(on: loss, of: model) }
    if !isLearning {
      report(
        .nothingToLearn(
          at: keyword,
          isFrozen: !model.layers.allSatisfy {
            $0.frozen.isEmpty || $0.op.base is any InputNormalizing
          }))
    }
  }
}

extension Checker {
  /// A loss that can hardly be meant for the numbers that it is taken of.
  private mutating func remark(on loss: Loss, of model: Model) {
    guard let reads = loss.function.base.reads,
      let last = model.beforeViews(loss.operand).layer.map({ model.layers[$0] })
    else { return }
    let range = model.range(of: loss.operand)
    if reads.accepts(range) { return }
    let makesProbabilities = (last.op.base as? any ProbabilityOperation)?.makesProbabilities
    if reads == .logitsOfClasses, makesProbabilities == true {
      report(.doubleSoftmax(last, loss: loss.function.base.keyword))
    } else if reads == .probabilities || reads == .logarithmsOfProbabilities {
      report(.noProbability(last, range, loss: loss, reads))
    } else {
      report(.noLogit(last, range, loss: loss, reads))
    }
  }
}

extension Model {
  /// The value whose numbers `value` shows in another shape.
  fileprivate func beforeViews(_ value: ValueID) -> ValueID {
    var value = value
    while let layer = value.layer, layers[layer].op.base is any ViewOperation {
      value = layers[layer].operands[0]
    }
    return value
  }

  /// The model without the layers that no loss depends on; the others keep their names.
  func keepingWhatTheLossesRead() -> Model {
    var isRead = ValueTable(of: self) { _ in false }
    for output in outputs { isRead[output] = true }
    for (index, layer) in layers.enumerated().reversed() where isRead[.result(of: index)] {
      for operand in layer.operands { isRead[operand] = true }
    }
    var moved = ValueTable(of: self) { $0 }
    var kept = self
    kept.layers = []
    for (index, layer) in layers.enumerated() where isRead[.result(of: index)] {
      var layer = layer
      layer.operands = layer.operands.map { moved[$0] }
      kept.layers.append(layer)
      moved[.result(of: index)] = .result(of: kept.layers.count - 1)
    }
    for index in losses.indices { kept.losses[index].operand = moved[losses[index].operand] }
    return kept
  }
}
