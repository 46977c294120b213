/// Nodes whose operands are known: what they make is known too.
enum ConstantFolding {
  /// More numbers than any shape computation makes, and few enough to be made.
  static let mostMade = 1 << 20

  /// What `node` makes of `operands`, nil for those that are left out; nil where it is not an
  /// operator that is folded.
  ///
  /// - Throws: `ImportError` where the operands do not fit, or would make too much.
  static func fold(
    _ node: ImportNode, _ operands: [ImportTensor?], opset: Int
  ) throws -> [ImportTensor]? {
    guard node.isStandard else { return nil }
    let known = operands.compactMap(\.self)
    if node.operation == "Constant" { return [try constant(node)] }
    guard let first = operands.first ?? nil else { return nil }
    switch node.operation {
    case "Identity": return [first]
    case "Dropout":
      return operands.count > 2 && operands[2]?.single != 0 ? nil : [first]
    case "Cast": return [try cast(first, to: node.integer("to") ?? 1)]
    case "ConstantOfShape": return [try constantOfShape(node, first)]
    case "Shape": return [shape(of: first.shape, node)]
    case "Size": return [ImportTensor(shape: [], .integers([first.count]))]
    case "Gather": return [try gather(node, first, try need(operands, 1))]
    case "Concat": return [try concat(known, axis: node.integer("axis") ?? 0)]
    case "Reshape": return [try reshape(first, try need(operands, 1).wholes())]
    case "Flatten":
      let axis = try TensorAxes.index(node.integer("axis") ?? 1, rank: first.shape.count + 1)
      return [
        first.reshaped([
          first.shape[..<axis].reduce(1, *), first.shape[axis...].reduce(1, *),
        ])
      ]
    case "Squeeze", "Unsqueeze":
      let axes = try node.integers("axes") ?? (operands.count > 1 ? operands[1] : nil)?.wholes()
      return [
        try axes.map { axes in
          node.operation == "Squeeze"
            ? try squeeze(first, axes) : try unsqueeze(first, axes)
        } ?? first.reshaped(first.shape.filter { $0 != 1 })
      ]
    case "Transpose":
      let order = node.integers("perm") ?? first.shape.indices.reversed()
      guard order.sorted() == Array(first.shape.indices) else {
        throw ImportError("it moves the axes \(order) of \(first.shape)")
      }
      return [first.transposed(order)]
    case "Slice": return [try slice(node, operands)]
    case "Expand": return [try broadcast(first, try need(operands, 1).wholes())]
    case "Range": return [try range(operands)]
    case "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin":
      return try reduce(node, operands).map { [$0] }
    default: return try elementwise(node, operands).map { [$0] }
    }
  }

  private static func need(_ operands: [ImportTensor?], _ index: Int) throws -> ImportTensor {
    guard operands.indices.contains(index), let tensor = operands[index] else {
      throw ImportError("it lacks operand \(index + 1)")
    }
    return tensor
  }

  private static func constant(_ node: ImportNode) throws -> ImportTensor {
    for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
      switch (name, value) {
      case ("value", .tensor(let tensor)): return tensor
      case ("value_float", .float(let number)):
        return ImportTensor(shape: [], .floats([Float(number)]))
      case ("value_floats", .floats(let numbers)):
        return ImportTensor(shape: [numbers.count], .floats(numbers.map(Float.init)))
      case ("value_int", .integer(let number)):
        return ImportTensor(shape: [], .integers([number]))
      case ("value_ints", .integers(let numbers)):
        return ImportTensor(shape: [numbers.count], .integers(numbers))
      default: continue
      }
    }
    throw ImportError("its value is neither numbers nor a tensor of numbers")
  }

  static func cast(_ tensor: ImportTensor, to type: Int) throws -> ImportTensor {
    var result = tensor
    switch type {
    // Floats of 32, 16 and 64 bits, and brain floats.
    case 1, 10, 11, 16: result.numbers = .floats(tensor.floats)
    case 9: result.numbers = .integers(tensor.doubles.map { $0 == 0 ? 0 : 1 })
    case 2, 3, 4, 5, 6, 7, 12, 13:
      if !tensor.isWhole { result.numbers = .integers(tensor.doubles.map(saturated)) }
    default: throw ImportError("it makes numbers of type \(type)")
    }
    return result
  }

  static func saturated(_ number: Double) -> Int {
    if number.isNaN { return 0 }
    return Int(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max)
  }

  private static func constantOfShape(
    _ node: ImportNode, _ shape: ImportTensor
  ) throws -> ImportTensor {
    let sizes = try shape.wholes()
    let count = try TensorAxes.count(sizes, atMost: mostMade)
    guard case .tensor(let value)? = node.attributes["value"], let single = value.single else {
      return ImportTensor(shape: sizes, .floats([Float](repeating: 0, count: count)))
    }
    return value.isWhole
      ? ImportTensor(shape: sizes, .integers([Int](repeating: saturated(single), count: count)))
      : ImportTensor(shape: sizes, .floats([Float](repeating: Float(single), count: count)))
  }

  /// A shape as the tensor that `Shape` makes.
  static func shape(of sizes: [Int], _ node: ImportNode) -> ImportTensor {
    let rank = sizes.count
    func place(_ number: Int) -> Int { min(max(number < 0 ? number + rank : number, 0), rank) }
    let (start, end) = (place(node.integer("start") ?? 0), place(node.integer("end") ?? rank))
    let part = start < end ? Array(sizes[start..<end]) : []
    return ImportTensor(shape: [part.count], .integers(part))
  }

  private static func elementwise(
    _ node: ImportNode, _ operands: [ImportTensor?]
  ) throws -> ImportTensor? {
    guard let function = ScalarOperators.function(of: node) else { return nil }
    guard operands.count >= ScalarOperators.leastOperands(of: node.operation) else {
      throw ImportError("it lacks an operand")
    }
    let known = operands.compactMap(\.self)
    let shape = try TensorAxes.broadcast(known.map(\.shape))
    let largest = max(mostMade, known.map(\.count).max() ?? 0)
    let count = try TensorAxes.count(shape, atMost: largest)
    let rows = try operands.map { try $0.map { try broadcast($0, shape).doubles } }
    var values: [Double] = []
    values.reserveCapacity(count)
    for index in 0..<count { values.append(function(rows.map { $0?[index] ?? .nan })) }
    let ofWholes = (node.operation == "Where" ? Array(known.dropFirst()) : known)
      .allSatisfy(\.isWhole)
    let isWhole =
      ScalarOperators.comparisons.contains(node.operation)
      || ofWholes && ScalarOperators.keepsWholes.contains(node.operation)
    return ImportTensor(
      shape: shape,
      isWhole ? .integers(values.map(saturated)) : .floats(values.map(Float.init)))
  }
}
