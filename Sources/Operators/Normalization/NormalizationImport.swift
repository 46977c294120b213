import IR
import Importing

extension ImportRule {
  static let batchNormalization = ImportRule.one("BatchNormalization") { node, network in
    guard node.integer("training_mode") ?? 0 == 0, node.integer("spatial") ?? 1 == 1,
      network.opset >= 7 || node.integer("is_test") ?? 0 == 1
    else {
      throw ImportError(
        "it takes the statistics of the batch, or has some for each place",
        help: "export the network in its evaluation: model.eval()")
    }
    let x = try network.leading(network.view(node), 0)
    let framework = Framework(producer: network.producer)
    let usual = framework?.convention ?? NormalizationConvention()
    var arguments: [ImportedArgument] = []
    if let framework { arguments.append(.key("like", .word(framework.rawValue))) }
    let eps = node.float("epsilon") ?? 1e-5
    let momentum = node.float("momentum") ?? 0.9
    if eps != usual.eps { arguments.append(.key("eps", .number(eps))) }
    if momentum != usual.momentum { arguments.append(.key("momentum", .number(momentum))) }
    func row(_ index: Int) throws -> ImportTensor {
      let tensor = try network.tensor(node, index)
      return tensor.reshaped([tensor.count])
    }
    return x.with(
      try network.layer(
        BatchNorm.definition.signature.keyword, [.value(x.id)], arguments,
        [
          .gamma: row(1), .beta: row(2), .runningMean: row(3), .runningVariance: row(4),
        ]))
  }
}

extension Framework {
  /// The framework whose batch norms a file of `producer` has; nil for bnc's own.
  fileprivate init?(producer: String) {
    let name = producer.lowercased()
    if name.hasPrefix("bnc") { return nil }
    self =
      name.hasPrefix("pytorch")
      ? .pytorch
      : name.hasPrefix("tf2onnx") || name.hasPrefix("keras") ? .keras : .onnx
  }
}

extension ImportRewrite {
  /// A factor of each channel and an offset of each, one after the other, are one layer.
  static let scaleShift = ImportRewrite { index, network in
    let scale = network.layers[index]
    guard scale.operation is ScaleShift, scale.frozen == [.beta],
      let next = network.onlyUser(of: index)
    else { return false }
    let shift = network.layers[next]
    guard shift.operation is ScaleShift, shift.frozen == [.gamma],
      let gamma = scale.tensors[.gamma], let beta = shift.tensors[.beta]
    else { return false }
    try network.remake(index, [], [.gamma: gamma, .beta: beta])
    network.replace(.result(of: next), by: .result(of: index))
    network.dropUnread()
    return true
  }
}
