import IR
import Importing

// Activations that are one of the language's by numbers before and after it. Those that are one by
// itself, whatever nodes they are made of, are told by what they compute.
extension ImportRule {
  static let activations = [
    ImportRule.one("Clip") { node, network in
      let low = try node.float("min") ?? network.constant(node, 1)?.single
      let high = try node.float("max") ?? network.constant(node, 2)?.single
      return try network.held(network.view(node), low, high)
    },
    .one("Max") { node, network in try network.extreme(node, isLargest: true) },
    .one("Min") { node, network in try network.extreme(node, isLargest: false) },
    .one("HardSigmoid") { node, network in
      let (alpha, beta) = (node.float("alpha") ?? 0.2, node.float("beta") ?? 0.5)
      let line = try network.arithmetic(
        "+", network.arithmetic("*", network.view(node), alpha), beta)
      return try network.held(line, 0, 1)
    },
    .one("Selu") { node, network in
      let alpha = node.float("alpha") ?? 1.67326319217681884765625
      let gamma = node.float("gamma") ?? 1.05070102214813232421875
      let y = try network.activation(
        .elu, network.view(node), [.key("alpha", .number(alpha))])
      return try network.arithmetic("*", y, gamma)
    },
    .one("Celu") { node, network in
      let alpha = node.float("alpha") ?? 1
      guard alpha > 0 else { throw ImportError("its alpha is \(alpha), and must be above 0") }
      let y = try network.activation(
        .elu, network.arithmetic("/", network.view(node), alpha))
      return try network.arithmetic("*", y, alpha)
    },
    .one("Mish") { node, network in
      let x = try network.padded(network.view(node))
      let gate = try network.activation(.tanh, network.activation(.softplus, x))
      return try network.arithmetic("*", x, gate)
    },
    .one("Abs") { node, network in
      let x = try network.padded(network.view(node))
      let below = try network.activation(.relu, network.arithmetic("*", x, -1))
      return try network.arithmetic("+", network.activation(.relu, x), below)
    },
  ]
}

extension NetworkImport {
  fileprivate mutating func activation(
    _ definition: Definition<any Operation>, _ view: ImportedView,
    _ arguments: [ImportedArgument] = []
  ) throws -> ImportedView {
    let x = try padded(view)
    return x.with(
      try layer(definition.signature.keyword, [.value(x.id)], arguments))
  }

  /// The larger or the smaller ones of several values: a + relu(b - a), and a - relu(a - b).
  fileprivate mutating func extreme(_ node: ImportNode, isLargest: Bool) throws -> ImportedView {
    var views: [ImportedView] = []
    var bound: Double?
    for index in node.inputs.indices {
      switch try operand(node, index) {
      case .computed(let view)?: views.append(try padded(view))
      case .constant(let tensor)?:
        guard let number = tensor.single, tensor.shape.count <= 1 else {
          throw ImportError(
            "it reads a constant of \(tensor.shape), and the language has single numbers here")
        }
        bound = bound.map { isLargest ? max($0, number) : min($0, number) } ?? number
      case nil: throw ImportError("operand \(index + 1) is left out")
      }
    }
    guard var a = views.first else { throw ImportError("it reads constants alone") }
    for b in views.dropFirst() {
      let room = try activation(
        .relu, isLargest ? arithmetic("-", b, a) : arithmetic("-", a, b))
      a = try arithmetic(isLargest ? "+" : "-", a, room)
    }
    return try held(a, isLargest ? bound : nil, isLargest ? nil : bound)
  }

  /// `view` held between two numbers, or above or below one.
  fileprivate mutating func held(
    _ view: ImportedView, _ low: Double?, _ high: Double?
  ) throws -> ImportedView {
    let low = low.flatMap { $0 <= -3e38 ? nil : $0 }
    let high = high.flatMap { $0 >= 3e38 ? nil : $0 }
    switch (low, high) {
    case (nil, nil): return view
    case (let low?, nil):
      let above = try activation(.relu, arithmetic("-", view, low))
      return try arithmetic("+", above, low)
    case (nil, let high?):
      let below = try arithmetic("+", arithmetic("*", view, -1), high)
      let room = try arithmetic("*", activation(.relu, below), -1)
      return try arithmetic("+", room, high)
    case (let low?, let high?):
      guard low < high else { throw ImportError("it holds numbers between \(low) and \(high)") }
      let scale = 6 / (high - low)
      let unit = try arithmetic("*", arithmetic("-", view, low), scale)
      return try arithmetic("+", arithmetic("/", activation(.relu6, unit), scale), low)
    }
  }
}
