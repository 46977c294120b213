/// A model as text, one part a line: what `bnc compile --emit model` prints.
///
///     conv1 = conv(channels: 20, kernel: 3, stride: 1, padding: 0, bias: true) of image -> [20, 26, 26]  line 7
package enum ModelText {
  /// All of `model`.
  package static func describe(_ model: Model) -> String {
    var lines = ["model \(model.name)"]
    lines.append(
      "  input \(model.input.name): \(model.input.shape)" + place(model.input.range.lower.line))
    lines.append(
      "  target \(model.target.name): \(target(model.target))"
        + place(model.target.range.lower.line))
    for layer in model.layers { lines.append("  " + describe(layer, of: model)) }
    lines.append(
      "  loss \(model.loss.kind.rawValue)(\(model.name(of: model.loss.operand)), "
        + "\(model.target.name), reduction: \(model.loss.reduction.rawValue))"
        + place(model.loss.range.lower.line))
    lines.append("training")
    lines += describe(model.training).map { "  " + $0 }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func describe(_ layer: Layer, of model: Model) -> String {
    let attributes = attributes(of: layer.op).map { "\($0.name): \($0.value)" }
    let call = attributes.isEmpty ? "" : "(\(attributes.joined(separator: ", ")))"
    let operands = layer.operands.map(model.name(of:)).joined(separator: ", ")
    let value = layer.valueName.map { "  value \($0)" } ?? ""
    return "\(layer.name) = \(type(of: layer.op.definition).keyword)\(call) of \(operands)"
      + " -> \(layer.shape)" + place(layer.range.lower.line) + value
  }

  private static func place(_ line: Int) -> String { "  line \(line)" }

  private static func target(_ target: Target) -> String {
    switch target.kind {
    case .classes(let count): "class(\(count))"
    case .values(let shape): "\(shape)"
    }
  }

  /// An operator's attributes with their values, in the order of the language's documentation.
  static func attributes(of op: Op) -> [(name: String, value: String)] {
    switch op {
    case .convolution(let op):
      [("channels", "\(op.channels)")] + attributes(of: op.window) + [("bias", "\(op.hasBias)")]
    case .dense(let op): [("features", "\(op.features)"), ("bias", "\(op.hasBias)")]
    case .batchNorm(let op):
      statistics(of: op) + [("fix_gamma", "\(op.fixGamma)"), ("affine", "\(op.affine)")]
    case .normalize(let op): statistics(of: op.convention)
    case .averagePool(let op): attributes(of: op.window)
    case .maxPool(let op): attributes(of: op.window)
    case .scaleShift, .relu, .sigmoid, .flatten, .add: []
    }
  }

  private static func statistics(of op: BatchNorm) -> [(name: String, value: String)] {
    [
      ("eps", "\(op.eps)"), ("eps_on", op.epsPlace.rawValue), ("momentum", "\(op.momentum)"),
      ("running_variance", op.runningVariance.rawValue), ("start", op.start.rawValue),
    ]
  }

  private static func attributes(of window: Window) -> [(name: String, value: String)] {
    [
      ("kernel", "\(window.kernel)"), ("stride", "\(window.stride)"),
      ("padding", "\(window.padding)"),
    ]
  }

  private static func describe(_ training: Training) -> [String] {
    let optimizer =
      switch training.optimizer {
      case .sgd(let rate): "sgd(lr: \(rate))"
      }
    let initializer =
      switch training.initializer {
      case .normal(let deviation): "normal(\(deviation))"
      case .he: "he"
      case .xavier: "xavier"
      }
    return [
      "batch \(training.batch)", "epochs \(training.epochs)", "optimizer \(optimizer)",
      "initialize \(initializer)", "data scale(\(training.dataScale))",
    ]
  }
}
