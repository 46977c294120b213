import IR
import Importing

extension ImportRule {
  static let gemm = ImportRule.one("Gemm") { node, network in
    guard node.integer("transA") ?? 0 == 0 else {
      throw ImportError("transA makes the batch a sum")
    }
    let (alpha, beta) = (Float(node.float("alpha") ?? 1), Float(node.float("beta") ?? 1))
    var weight = try network.tensor(node, 1)
    guard weight.shape.count == 2 else {
      throw ImportError("its weight is \(weight.shape), and must have two axes")
    }
    if node.integer("transB") ?? 0 == 0 { weight = weight.transposed([1, 0]) }
    if alpha != 1 { weight = weight.map { alpha * $0 } }
    let view = try network.view(node)
    guard view.axes.count == 1 else {
      throw ImportError("it multiplies a value of \(view.axes.count + 1) axes, and must have two")
    }
    let bias = try network.constant(node, 2).map { bias in
      try bias.spread(over: weight.shape[0]).map { beta * $0 }
    }
    return try network.linear(view, axis: 0, weight, bias)
  }

  static let matrixProduct = ImportRule.one("MatMul") { node, network in
    if case .constant(let matrix)? = try network.operand(node, 0) {
      let view = try network.view(node, 1)
      guard matrix.shape.count == 2 else {
        throw ImportError("its matrix is \(matrix.shape), and must have two axes")
      }
      guard view.axes.count >= 2 else { throw ImportError("it works along the batch") }
      return try network.linear(view, axis: view.axes.count - 2, matrix, nil)
    }
    let view = try network.view(node)
    if case .computed? = try network.operand(node, 1) {
      throw ImportError(
        "it multiplies two computed values as matrices, as attention does, and the language has products "
          + "number by number alone")
    }
    let matrix = try network.tensor(node, 1)
    guard matrix.shape.count == 2, !view.axes.isEmpty else {
      throw ImportError("its matrix is \(matrix.shape), and must have two axes")
    }
    return try network.linear(view, axis: view.axes.count - 1, matrix.transposed([1, 0]), nil)
  }
}

extension NetworkImport {
  /// Weighted sums along an axis of the graph, the batch left out: a dense layer of a vector; of an
  /// image or a sequence a convolution of one tap, whose channels the axis becomes.
  ///
  /// - Parameter weight: `[out, in]`.
  fileprivate mutating func linear(
    _ view: ImportedView, axis: Int, _ weight: ImportTensor, _ bias: ImportTensor?
  ) throws -> ImportedView {
    guard view.sizes[axis] == weight.shape[1] else {
      throw ImportError(
        "it multiplies \(view.sizes[axis]) numbers by a matrix of \(weight.shape[1])")
    }
    var x = try leading(view, axis)
    let isVector = x.axes.enumerated().allSatisfy {
      $0 == axis || ($1.map { x.size(ofAxis: $0) } ?? 1) == 1
    }
    var tensors: [TensorDeclaration.Role: ImportTensor] = [.weight: weight]
    if let bias { tensors[.bias] = bias }
    let flag: [ImportedArgument] = bias == nil ? [.key("bias", .flag(false))] : []
    let outputs = weight.shape[0]
    if isVector {
      x = try plain(reshaped(x, [x.shape.channels]))
      let id = try layer(
        Dense.definition.signature.keyword, [.value(x.id)],
        [.place("features", .whole(outputs))] + flag, tensors)
      var result = ImportedView(id, shape(of: id))
      result.axes = view.axes.indices.map { $0 == axis ? 0 : nil }
      return result
    }
    let places = x.shape.dimensions.count - 1
    guard (1...2).contains(places) else {
      throw ImportError(
        "it multiplies along an axis of \(Shape(view.sizes)), and the language does so of three axes at most",
        help: "reshape what it reads to fewer axes")
    }
    tensors[.weight] = weight.reshaped(weight.shape + [Int](repeating: 1, count: places))
    let id = try layer(
      Convolution.definition.signature.keyword, [.value(x.id)],
      [.place("channels", .whole(outputs)), .key("kernel", .whole(1))] + flag, tensors)
    return x.with(id, shape(of: id))
  }
}

extension ImportTensor {
  /// A number for each of `count` features, of a tensor that goes with them.
  fileprivate func spread(over count: Int) throws -> ImportTensor {
    if self.count == 1, count != 1 { return .row(floats[0], count: count) }
    guard self.count == count, shape.last == count || count == 1 else {
      throw ImportError("what it adds is \(shape), and must be of \(count) numbers")
    }
    return reshaped([count])
  }
}

extension ImportRewrite {
  /// A product without a bias and a shift after it are one with a bias.
  static let bias = ImportRewrite { index, network in
    let layer = network.layers[index]
    guard let product = layer.operation as? any ProductOperation, !product.hasBias,
      let next = network.onlyUser(of: index)
    else { return false }
    let shift = network.layers[next]
    guard shift.operation is ScaleShift, shift.frozen == [.gamma], let beta = shift.tensors[.beta]
    else { return false }
    try network.remake(
      index, layer.arguments.filter { $0.name != "bias" },
      layer.tensors.merging([.bias: beta]) { $1 })
    network.replace(.result(of: next), by: .result(of: index))
    network.dropUnread()
    return true
  }
}
