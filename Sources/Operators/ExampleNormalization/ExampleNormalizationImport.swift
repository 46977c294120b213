import IR
import Importing

extension ImportRule {
  static let exampleNorms = [instanceNorm, layerNorm, groupNorm, rmsNorm]

  private static let instanceNorm = ImportRule.one("InstanceNormalization") { node, network in
    let view = try network.leading(network.view(node), 0)
    let (gamma, beta) = (try network.tensor(node, 1), try network.tensor(node, 2))
    var arguments = epsilon(node)
    var tensors: [TensorDeclaration.Role: ImportTensor] = [:]
    // PyTorch writes one without a gamma with ones and zeros.
    if gamma.uniform != 1 || beta.uniform != 0 {
      arguments.append(.key("affine", .flag(true)))
      tensors = [.gamma: gamma.reshaped([gamma.count]), .beta: beta.reshaped([beta.count])]
    }
    return view.with(
      try network.layer(
        InstanceNorm.definition.signature.keyword, [.value(view.id)], arguments, tensors))
  }

  private static let layerNorm = ImportRule.one("LayerNormalization") { node, network in
    let view = try network.view(node)
    let first = try view.index(node.integer("axis") ?? -1)
    let gamma = try network.tensor(node, 1)
    let beta = try network.constant(node, 2)
    return try network.normalized(
      view, from: first, LayerNorm.definition, epsilon(node),
      gamma.uniform == 1 && beta == nil
        ? [:] : [.gamma: gamma, .beta: beta ?? .row(0, count: gamma.count)])
  }

  private static let rmsNorm = ImportRule.one("RMSNormalization") { node, network in
    let view = try network.view(node)
    let first = try view.index(node.integer("axis") ?? -1)
    return try network.normalized(
      view, from: first, RMSNorm.definition, epsilon(node), [.gamma: try network.tensor(node, 1)])
  }

  private static let groupNorm = ImportRule.one("GroupNormalization") { node, network in
    let view = try network.leading(network.view(node), 0)
    let groups = node.integer("num_groups") ?? 0
    let channels = view.shape.channels
    guard groups > 0, channels % groups == 0 else {
      throw ImportError("it cuts \(channels) channels into \(groups) groups")
    }
    func row(_ index: Int) throws -> ImportTensor {
      let tensor = try network.tensor(node, index)
      // Before version 21 one number for each group.
      guard network.opset < 21, tensor.count == groups else { return tensor }
      return ImportTensor(
        name: tensor.name, shape: [channels],
        .floats(tensor.floats.flatMap { [Float](repeating: $0, count: channels / groups) }))
    }
    return view.with(
      try network.layer(
        GroupNorm.definition.signature.keyword, [.value(view.id)],
        [.place("groups", .whole(groups))] + epsilon(node),
        [.gamma: row(1), .beta: row(2)]))
  }

  fileprivate static func epsilon(_ node: ImportNode) -> [ImportedArgument] {
    epsilon(node.float("epsilon") ?? 1e-5)
  }

  static func epsilon(_ eps: Double) -> [ImportedArgument] {
    eps == 1e-5 ? [] : [.key("eps", .number(eps))]
  }
}

extension NetworkImport {
  /// A norm over the axes of the graph from `first` on, the batch left out.
  ///
  /// - Parameter tensors: gamma, and beta where there is one; none where the norm has none.
  func normalizes(_ view: ImportedView, from first: Int) -> Bool {
    view.axes[first...].compactMap(\.self).contains(0)
  }

  fileprivate mutating func normalized(
    _ view: ImportedView, from first: Int, _ definition: Definition<any Operation>,
    _ arguments: [ImportedArgument], _ tensors: [TensorDeclaration.Role: ImportTensor]
  ) throws -> ImportedView {
    var x = try padded(view)
    let axes = x.axes[first...]
    let count = axes.count
    var over: [ImportedArgument] = []
    var shape: [Int]
    if count == 1, axes.first == 0, x.shape.dimensions.count > 1 {
      over = [.key("over", .word("channels"))]
      shape = [x.shape.channels]
    } else {
      x = try plain(x)
      shape = Array(x.shape.dimensions.suffix(count))
      if count < x.shape.dimensions.count { over = [.key("over", .whole(count))] }
    }
    let affine: [ImportedArgument] = tensors.isEmpty ? [.key("affine", .flag(false))] : []
    let id = try layer(
      definition.signature.keyword, [.value(x.id)], over + arguments + affine,
      tensors.mapValues { $0.count == shape.reduce(1, *) ? $0.reshaped(shape) : $0 })
    return x.with(id)
  }
}

extension ImportPattern {
  /// A number less the mean, if that is taken away, over the root of the mean of its square and
  /// epsilon: what exporters without the operator write of layer norms.
  static let layerNorm = ImportPattern("Div", "Mul") { node, table in
    guard let (above, root) = quotient(node, table), let sum = table.maker(of: root?.input(0)),
      sum.operation == "Add"
    else { return nil }
    for (mean, number) in [(0, 1), (1, 0)] {
      guard let eps = table.number(sum.input(number)), eps >= 0,
        let squares = average(sum.input(mean), table), squared(squares.operand, table) == above
      else { continue }
      if let deviation = table.maker(of: above), deviation.operation == "Sub",
        let x = deviation.input(0), let own = average(deviation.input(1), table),
        own.operand == x, own.axes == squares.axes
      {
        return Match(x) { view, network in
          try network.norm(view, squares.axes, LayerNorm.definition, eps)
        }
      }
      return Match(above) { view, network in
        try network.norm(view, squares.axes, RMSNorm.definition, eps)
      }
    }
    return nil
  }

  /// What is divided, and the root that it is divided by.
  private static func quotient(_ node: ImportNode, _ table: NodeTable) -> (String, ImportNode?)? {
    guard node.inputs.count == 2 else { return nil }
    if node.operation == "Div", let root = table.maker(of: node.input(1)), root.operation == "Sqrt"
    {
      return (node.inputs[0], root)
    }
    guard node.operation == "Mul" else { return nil }
    for (x, other) in [(0, 1), (1, 0)] {
      guard let inverse = table.maker(of: node.input(other)) else { continue }
      if inverse.operation == "Reciprocal", let root = table.maker(of: inverse.input(0)),
        root.operation == "Sqrt"
      {
        return (node.inputs[x], root)
      }
      if inverse.operation == "Div", table.number(inverse.input(0)) == 1,
        let root = table.maker(of: inverse.input(1)), root.operation == "Sqrt"
      {
        return (node.inputs[x], root)
      }
    }
    return nil
  }

  private static func average(_ name: String?, _ table: NodeTable) -> (
    operand: String, axes: [Int]
  )? {
    guard let node = table.maker(of: name), node.operation == "ReduceMean",
      node.integer("keepdims") ?? 1 == 1, let operand = node.input(0),
      let axes = node.integers("axes") ?? table.wholes(node.input(1))
    else { return nil }
    return (operand, axes.sorted())
  }

  /// What is squared.
  private static func squared(_ name: String, _ table: NodeTable) -> String? {
    guard let node = table.maker(of: name), node.inputs.count == 2 else { return nil }
    if node.operation == "Mul", node.inputs[0] == node.inputs[1] { return node.inputs[0] }
    return node.operation == "Pow" && table.number(node.inputs[1]) == 2 ? node.inputs[0] : nil
  }
}

extension NetworkImport {
  /// A norm without gamma over axes of the graph, of which 0 is the batch.
  fileprivate mutating func norm(
    _ view: ImportedView, _ axes: [Int], _ definition: Definition<any Operation>, _ eps: Double
  ) throws -> ImportedView {
    let indices = try axes.map { try view.index($0) }.sorted()
    let rank = view.axes.count
    if indices.count == 1, view.axes[indices[0]] == 0, view.shape.dimensions.count > 1 {
      let x = try padded(view)
      return x.with(
        try layer(
          definition.signature.keyword, [.value(x.id)],
          [.key("over", .word("channels"))] + ImportRule.epsilon(eps) + [
            .key("affine", .flag(false))
          ]))
    }
    guard let first = indices.first, indices == Array(first..<rank) else {
      throw ImportError(
        "it normalizes over axes \(axes), and the language over the channels or the last axes")
    }
    return try normalized(view, from: first, definition, ImportRule.epsilon(eps), [:])
  }
}

extension ImportRewrite {
  /// A value reshaped to one channel a group, normalized by channel and reshaped back is a group
  /// norm.
  static let groupNorm = ImportRewrite { index, network in
    let grouping = network.layers[index]
    guard grouping.operation is Reshape, let operand = grouping.operands[0].id,
      let middle = network.onlyUser(of: index),
      let norm = network.layers[middle].operation as? InstanceNorm, !norm.affine,
      let last = network.onlyUser(of: middle), network.layers[last].operation is Reshape,
      network.layers[last].shape == network.shape(of: operand)
    else { return false }
    let groups = grouping.shape.channels
    guard network.layers[last].shape.channels % groups == 0 else { return false }
    network.layers[middle].operands = [.value(operand)]
    try network.remake(
      middle, as: GroupNorm.definition.signature.keyword,
      [.place("groups", .whole(groups))] + ImportRule.epsilon(norm.eps)
        + [.key("affine", .flag(false))], [:])
    network.replace(.result(of: last), by: .result(of: middle))
    network.dropUnread()
    return true
  }

  /// A norm without gamma and beta, and those after it, are one with them.
  static let affineNorm = ImportRewrite { index, network in
    let layer = network.layers[index]
    guard let norm = layer.operation as? any ExampleNormalization, layer.tensors.isEmpty,
      let next = network.onlyUser(of: index), network.layers[next].operation is ScaleShift,
      let gamma = network.layers[next].tensors[.gamma],
      let beta = network.layers[next].tensors[.beta]
    else { return false }
    let isOfChannels =
      norm is GroupNorm || norm is InstanceNorm
      || layer.arguments.contains { $0.value == .word("channels") }
      || layer.shape.dimensions.count == 1
    let frozen = network.layers[next].frozen
    guard isOfChannels, norm is RMSNorm ? frozen == [.beta] : frozen.isEmpty else { return false }
    var arguments = layer.arguments.filter { $0.name != "affine" }
    if norm is InstanceNorm { arguments.append(.key("affine", .flag(true))) }
    try network.remake(
      index, arguments, norm is RMSNorm ? [.gamma: gamma] : [.gamma: gamma, .beta: beta])
    network.replace(.result(of: next), by: .result(of: index))
    network.dropUnread()
    return true
  }
}
