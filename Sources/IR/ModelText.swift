/// A model as text, one part a line: what `bnc compile --emit model` prints.
///
///     conv1 = conv(channels: 20, kernel: 3, stride: 1, padding: 0, bias: true) of image -> [20, 26, 26]  line 7
package enum ModelText {
  /// All of `model`.
  package static func describe(_ model: Model) -> String {
    var lines = ["model \(model.name)"]
    for input in model.inputs {
      lines.append("  input \(input.name): \(input.shape)" + place(input.range.lower.line))
    }
    for one in model.targets {
      let moves = one.moves.map { call($0.base.keyword, $0.base.attributes) }
      lines.append(
        "  target \(one.name): \(target(one))" + place(one.range.lower.line)
          + (moves.isEmpty ? "" : "  moved by " + moves.joined(separator: ", ")))
    }
    for layer in model.layers { lines.append("  " + describe(layer, of: model)) }
    for loss in model.losses { lines.append("  loss " + describe(loss, of: model)) }
    for penalty in model.penalties {
      let patterns = penalty.patterns.map(\.text).joined(separator: ", ")
      lines.append(
        "  loss + \(call(penalty.keyword, penalty.attributes.map(\.value))) on \(patterns)")
    }
    lines.append("training")
    lines += describe(model.training, of: model).map { "  " + $0 }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func describe(_ layer: Layer, of model: Model) -> String {
    let op = layer.op.base
    let operands = layer.operands.map(model.name(of:)).joined(separator: ", ")
    let value = layer.valueName.map { "  value \($0)" } ?? ""
    let roles = layer.frozen.map(\.rawValue).sorted().joined(separator: ", ")
    let frozen = roles.isEmpty ? "" : "  frozen \(roles)"
    return "\(layer.name) = \(call(op.keyword, op.attributes)) of \(operands)"
      + " -> \(layer.shape)" + place(layer.range.lower.line)
      + (layer.range.lower.file > 0 ? " of an included file" : "") + value + frozen
  }

  private static func describe(_ loss: Loss, of model: Model) -> String {
    let function = loss.function.base
    let attributes = function.attributes.map { "\($0.name): \($0.value), " }.joined()
    let weight = loss.weight == 1 ? "" : "\(loss.weight) * "
    return "\(weight)\(function.keyword)(\(model.name(of: loss.operand)), "
      + "\(model.targets[loss.target].name), \(attributes)reduction: "
      + "\(loss.reduction.rawValue))" + place(loss.range.lower.line)
  }

  private static func place(_ line: Int) -> String { "  line \(line)" }

  private static func target(_ target: Target) -> String {
    switch target.kind {
    case .classes(let count, let positions):
      positions.isEmpty ? "class(\(count))" : "class(\(count), shape: \(positions))"
    case .values(let shape): "\(shape)"
    }
  }

  private static func describe(_ training: Training, of model: Model) -> [String] {
    let optimizer = training.optimizer
    let schedule = training.schedule
    let initializer = training.initializer.base
    return [
      "batch \(training.batch)"
    ] + (training.accumulated > 1 ? ["accumulate \(training.accumulated)"] : []) + [
      "epochs \(training.epochs)",
      "optimizer \(call(optimizer))",
    ]
      + training.namedOptimizers.map { one in
        let patterns = one.patterns.map(\.text).joined(separator: ", ")
        return "optimizer \(call(one.optimizer, one.attributes)) on \(patterns)"
      }
      + (training.clipping.map { ["clip \(call($0.keyword, $0.attributes.map(\.value)))"] } ?? [])
      + (training.averaging.map { ["average \(call($0.keyword, $0.attributes))"] } ?? []) + [
        "schedule \(call(schedule.keyword, schedule.attributes))",
        "initialize \(call(initializer.keyword, initializer.attributes.map(\.value)))",
      ]
      + training.namedInitializers.map { one in
        let base = one.initializer.base
        let patterns = one.patterns.map(\.text).joined(separator: ", ")
        return "initialize \(call(base.keyword, base.attributes)) on \(patterns)"
      } + ["data scale(\(training.dataScale)\(training.scalesReals ? ", of: all" : ""))"]
      + (training.sound.map { ["data \($0.text)"] } ?? [])
      + (training.background.map { ["augment \(call($0.keyword, $0.attributes))"] } ?? [])
      + (training.imageSize.map { ["data resize(\($0.height), \($0.width))"] } ?? [])
      + training.testAugmentations.map { one in
        let inputs = one.inputs.map { model.inputs[$0].name }.joined(separator: ", ")
        return "tta \(call(one.keyword, one.attributes)) on \(inputs)"
      }
  }

  private static func call(_ optimizer: Optimizer, _ more: [AttributeValue] = []) -> String {
    call(
      optimizer.keyword,
      optimizer.hyperparameters.map { "\($0.key): \($0.value)" }
        + (optimizer.forms + more).map { "\($0.name): \($0.value)" })
  }

  private static func call(_ keyword: String, _ attributes: [AttributeValue]) -> String {
    call(keyword, attributes.map { "\($0.name): \($0.value)" })
  }

  private static func call(_ keyword: String, _ arguments: [String]) -> String {
    arguments.isEmpty ? keyword : "\(keyword)(\(arguments.joined(separator: ", ")))"
  }
}
