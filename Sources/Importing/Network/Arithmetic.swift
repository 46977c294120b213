import IR

extension ImportRule {
  /// Operators between values, and between values and numbers.
  static let arithmetic: [ImportRule] = [
    between("Add", "+"), between("Sub", "-"), between("Mul", "*"), between("Div", "/"),
    .one("Neg") { node, network in
      try network.arithmetic("*", try network.view(node), -1)
    },
    .one("Reciprocal") { node, network in
      let x = try network.padded(network.view(node))
      let id = try network.layer(try network.keyword(of: "/"), [.number(1), .value(x.id)])
      return x.with(id)
    },
    .one("Pow") { node, network in
      guard let exponent = try network.tensor(node, 1).single, (1...8).contains(exponent),
        exponent == exponent.rounded()
      else { throw ImportError("the language has powers of whole numbers from 1 to 8 alone") }
      let x = try network.padded(network.view(node))
      var y = x
      for _ in 1..<Int(exponent) {
        y = y.with(
          try network.layer(try network.keyword(of: "*"), [.value(y.id), .value(x.id)]))
      }
      return y
    },
    .one("Sum") { node, network in try network.sum(node) },
    .one("Mean") { node, network in
      try network.arithmetic("/", try network.sum(node), Double(node.inputs.count))
    },
  ]

  private static func between(_ name: String, _ symbol: String) -> ImportRule {
    .one(name) { node, network in
      guard node.inputs.count == 2 else { throw ImportError("it has not two operands") }
      switch (try network.operand(node, 0), try network.operand(node, 1)) {
      case (.computed(let a)?, .computed(let b)?): return try network.arithmetic(symbol, a, b)
      case (.computed(let a)?, .constant(var b)?):
        // Before version 7 an attribute says which axis the constant's first one is.
        if network.opset < 7, let axis = node.integer("axis") {
          let first = try TensorAxes.index(axis, rank: a.axes.count + 1)
          let behind = a.axes.count + 1 - first - b.shape.count
          guard behind >= 0 else { throw ImportError("its constant has too many axes") }
          b = b.reshaped(b.shape + [Int](repeating: 1, count: behind))
        }
        return try network.arithmetic(symbol, a, tensor: b)
      case (.constant(let a)?, .computed(let b)?):
        return try network.arithmetic(symbol, tensor: a, b)
      default: throw ImportError("it has not two operands that fit")
      }
    }
  }
}

extension NetworkImport {
  /// The word of the operation that `symbol` is written for.
  package func keyword(of symbol: String) throws -> String {
    guard let row = library.operation(of: symbol) else {
      throw ImportError("the language has no '\(symbol)'")
    }
    return row.signature.keyword
  }

  package mutating func arithmetic(
    _ symbol: String, _ a: ImportedView, _ b: ImportedView
  ) throws -> ImportedView {
    let views = try aligned([a, b])
    let id = try layer(try keyword(of: symbol), [.value(views[0].id), .value(views[1].id)])
    return together(views, id)
  }

  package mutating func arithmetic(
    _ symbol: String, _ view: ImportedView, _ number: Double
  ) throws -> ImportedView {
    let x = try padded(view)
    guard number.isFinite else { throw ImportError("it reads the number \(number)") }
    if number == (symbol == "*" || symbol == "/" ? 1 : 0) { return x }
    return x.with(try layer(try keyword(of: symbol), [.value(x.id), .number(number)]))
  }

  fileprivate mutating func sum(_ node: ImportNode) throws -> ImportedView {
    var sum = try view(node)
    for index in node.inputs.indices.dropFirst() {
      sum = try arithmetic("+", sum, try view(node, index))
    }
    return sum
  }

  /// `view` and a constant.
  fileprivate mutating func arithmetic(
    _ symbol: String, _ view: ImportedView, tensor: ImportTensor
  ) throws -> ImportedView {
    let x = try ranked(view, tensor)
    if let number = tensor.uniform, fits(tensor, x) { return try arithmetic(symbol, x, number) }
    let isFactor = symbol == "*" || symbol == "/"
    let numbers = tensor.map { number in
      switch symbol {
      case "-": -number
      case "/": 1 / number
      default: number
      }
    }
    return try affine(x, gamma: isFactor ? numbers : nil, beta: isFactor ? nil : numbers)
  }

  /// A constant and `view`.
  fileprivate mutating func arithmetic(
    _ symbol: String, tensor: ImportTensor, _ view: ImportedView
  ) throws -> ImportedView {
    let x = try padded(ranked(view, tensor))
    if symbol == "+" || symbol == "*" { return try arithmetic(symbol, x, tensor: tensor) }
    if let number = tensor.uniform, fits(tensor, x) {
      guard number.isFinite else { throw ImportError("it reads the number \(number)") }
      return x.with(try layer(try keyword(of: symbol), [.number(number), .value(x.id)]))
    }
    if symbol == "-" {
      return try affine(try arithmetic("*", x, -1), gamma: nil, beta: tensor)
    }
    let inverse = x.with(try layer(try keyword(of: "/"), [.number(1), .value(x.id)]))
    return try affine(inverse, gamma: tensor, beta: nil)
  }

  /// Whether `tensor` makes `view` no larger.
  private func fits(_ tensor: ImportTensor, _ view: ImportedView) -> Bool {
    zip(tensor.shape.reversed(), view.sizes.reversed()).allSatisfy { $0 == 1 || $0 == $1 }
      && (tensor.shape.count <= view.axes.count || tensor.shape[0] == 1)
  }

  /// `view`, of as many axes as `tensor` or more.
  private func ranked(_ view: ImportedView, _ tensor: ImportTensor) throws -> ImportedView {
    guard tensor.shape.count <= view.axes.count + 1 else {
      throw ImportError(
        "a constant of \(tensor.shape) gives the value of \(view.axes.count + 1) axes more of them")
    }
    return view
  }

  /// A factor and an offset for each place of an axis of the graph, or for each place of an
  /// example.
  private mutating func affine(
    _ view: ImportedView, gamma: ImportTensor?, beta: ImportTensor?
  ) throws -> ImportedView {
    let tensor = gamma ?? beta ?? ImportTensor(shape: [], .floats([]))
    let lead = view.axes.count - tensor.shape.count
    let sizes = view.sizes
    let long = tensor.shape.indices.filter { tensor.shape[$0] > 1 }
    guard long.allSatisfy({ $0 + lead >= 0 && tensor.shape[$0] == sizes[$0 + lead] }) else {
      throw ImportError(
        "a constant of \(tensor.shape) goes with each example of \(Shape(sizes)) otherwise than number by number"
      )
    }
    guard let axis = long.first else {
      throw ImportError("a constant of \(tensor.shape) makes another shape of \(Shape(sizes))")
    }
    if long.count == 1 {
      let x = try leading(view, axis + lead)
      return try scaleShift(x, gamma, beta, count: tensor.count)
    }
    guard long.allSatisfy({ _ in tensor.count == sizes.reduce(1, *) }) else {
      throw ImportError(
        "its constant of \(tensor.shape) differs along several axes of \(Shape(sizes)), and not along all",
        help: "a factor and an offset are of each channel, or of each number")
    }
    let x = try plain(view)
    let flat = try reshaped(x, [tensor.count])
    return try reshaped(scaleShift(flat, gamma, beta, count: tensor.count), sizes)
  }

  /// `scale_shift` of the model's channels; the part that is not given stays as it is.
  private mutating func scaleShift(
    _ view: ImportedView, _ gamma: ImportTensor?, _ beta: ImportTensor?, count: Int
  ) throws -> ImportedView {
    let id = try layer(
      "scale_shift", [.value(view.id)], [],
      [
        .gamma: gamma?.reshaped([count]) ?? .row(1, count: count),
        .beta: beta?.reshaped([count]) ?? .row(0, count: count),
      ], frozen: [gamma == nil ? .gamma : .beta])
    return view.with(id)
  }
}
