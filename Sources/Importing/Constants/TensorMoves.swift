/// Axes and sizes of tensors, as files say them.
package enum TensorAxes {
  /// The axis that `number` is, counted from the last one where it is negative.
  static func index(_ number: Int, rank: Int) throws -> Int {
    let index = number < 0 ? number &+ rank : number
    guard (0..<rank).contains(index) else {
      throw ImportError("it has axis \(number), and what it reads has \(rank)")
    }
    return index
  }

  /// How many numbers a shape holds.
  static func count(_ sizes: [Int], atMost most: Int) throws -> Int {
    var count = 1
    for size in sizes {
      guard size >= 0 else { throw ImportError("it has the size \(size)") }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= most else {
        throw ImportError("it would make a constant of shape \(sizes), which is too large")
      }
      count = product
    }
    return count
  }

  /// The shape that values of these shapes have together: NumPy's rule, from the last axis on.
  static func broadcast(_ shapes: [[Int]]) throws -> [Int] {
    let rank = shapes.map(\.count).max() ?? 0
    return try (0..<rank).map { axis in
      let sizes = shapes.compactMap { shape in
        let own = axis - (rank - shape.count)
        return own < 0 || shape[own] == 1 ? nil : shape[own]
      }
      guard sizes.allSatisfy({ $0 == sizes[0] }) else {
        throw ImportError(
          "its operands are of the shapes \(shapes.map { "\($0)" }.joined(separator: " and "))")
      }
      return sizes.first ?? 1
    }
  }

  /// What a part of an axis of `size` numbers is by ONNX's rule: the first place, how many, and how
  /// far apart.
  package static func part(
    of size: Int, start: Int, end: Int, step: Int
  ) throws -> (start: Int, count: Int, step: Int) {
    guard step != 0 else { throw ImportError("its step is 0") }
    func place(_ number: Int, _ low: Int, _ high: Int) -> Int {
      min(max(number < 0 ? number &+ size : number, low), high)
    }
    if step > 0 {
      let (first, last) = (place(start, 0, size), place(end, 0, size))
      let room = max(last - first, 0)
      return (first, room == 0 ? 0 : (room - 1) / step + 1, step)
    }
    let (first, last) = (
      place(start, 0, size - 1), end < -size ? -1 : place(end, -1, size - 1)
    )
    let room = max(first - last, 0)
    let down = step == .min ? Int.max : -step
    return (first, room == 0 ? 0 : (room - 1) / down + 1, step)
  }
}

extension ConstantFolding {
  static func broadcast(_ tensor: ImportTensor, _ shape: [Int]) throws -> ImportTensor {
    let whole = try TensorAxes.broadcast([tensor.shape, shape])
    if whole == tensor.shape { return tensor }
    _ = try TensorAxes.count(whole, atMost: max(mostMade, tensor.count))
    let lead = whole.count - tensor.shape.count
    let strides = whole.indices.map { axis in
      axis < lead || tensor.shape[axis - lead] == 1 ? 0 : tensor.strides[axis - lead]
    }
    return tensor.taken(shape: whole, strides: strides)
  }

  static func gather(
    _ node: ImportNode, _ data: ImportTensor, _ indices: ImportTensor
  ) throws -> ImportTensor {
    let axis = try TensorAxes.index(node.integer("axis") ?? 0, rank: data.shape.count)
    let size = data.shape[axis]
    let places = try indices.wholes().map { place in
      let index = place < 0 ? place &+ size : place
      guard (0..<size).contains(index) else {
        throw ImportError("it takes number \(place) of an axis of \(size)")
      }
      return index
    }
    let shape = Array(data.shape[..<axis]) + indices.shape + Array(data.shape[(axis + 1)...])
    _ = try TensorAxes.count(shape, atMost: max(mostMade, data.count))
    let strides = data.strides
    var rows = [Int](data.shape)
    rows[axis] = 1
    let parts = places.map {
      data.taken(shape: rows, strides: strides, offset: $0 * strides[axis])
    }
    guard !parts.isEmpty else { return emptied(data, shape) }
    return try concat(parts, axis: axis).reshaped(shape)
  }

  private static func emptied(_ tensor: ImportTensor, _ shape: [Int]) -> ImportTensor {
    ImportTensor(shape: shape, tensor.isWhole ? .integers([]) : .floats([]))
  }

  static func concat(_ tensors: [ImportTensor], axis: Int) throws -> ImportTensor {
    let first = tensors[0]
    let axis = try TensorAxes.index(axis, rank: first.shape.count)
    var shape = first.shape
    shape[axis] = 0
    for tensor in tensors {
      var (own, other) = (tensor.shape, first.shape)
      let isOfRank = own.count == other.count
      if isOfRank { (own[axis], other[axis]) = (0, 0) }
      guard isOfRank, own == other, tensor.isWhole == first.isWhole else {
        throw ImportError("it joins \(first.shape) and \(tensor.shape)")
      }
      shape[axis] += tensor.shape[axis]
    }
    let outer = shape[..<axis].reduce(1, *)
    func join<Number>(_ rows: [[Number]]) -> [Number] {
      (0..<outer).flatMap { index in
        rows.flatMap { row in
          let each = outer == 0 ? 0 : row.count / outer
          return row[index * each..<(index + 1) * each]
        }
      }
    }
    return ImportTensor(
      shape: shape,
      first.isWhole
        ? .integers(try join(tensors.map { try $0.wholes() }))
        : .floats(join(tensors.map(\.floats))))
  }

  static func reshape(_ tensor: ImportTensor, _ sizes: [Int]) throws -> ImportTensor {
    tensor.reshaped(try reshaped(tensor.shape, sizes, count: tensor.count))
  }

  /// The sizes that `Reshape` makes: 0 keeps a size, -1 is what is left.
  static func reshaped(_ shape: [Int], _ sizes: [Int], count: Int) throws -> [Int] {
    var result = try sizes.enumerated().map { axis, size in
      guard size != 0 || axis < shape.count else {
        throw ImportError("its shape \(sizes) keeps an axis that \(shape) has not")
      }
      return size == 0 ? shape[axis] : size
    }
    if let open = result.firstIndex(of: -1) {
      result[open] = 1
      let known = try TensorAxes.count(result, atMost: max(count, 1))
      guard known > 0, count % known == 0 else {
        throw ImportError("it makes \(sizes) of \(shape)")
      }
      result[open] = count / known
    }
    guard try TensorAxes.count(result, atMost: max(count, 1)) == count else {
      throw ImportError("it makes \(sizes) of \(shape)")
    }
    return result
  }

  static func squeeze(_ tensor: ImportTensor, _ axes: [Int]) throws -> ImportTensor {
    let taken = try axes.map { try TensorAxes.index($0, rank: tensor.shape.count) }
    guard taken.allSatisfy({ tensor.shape[$0] == 1 }) else {
      throw ImportError("it takes axes \(axes) away from \(tensor.shape)")
    }
    return tensor.reshaped(
      tensor.shape.indices.filter { !taken.contains($0) }.map { tensor.shape[$0] })
  }

  static func unsqueeze(_ tensor: ImportTensor, _ axes: [Int]) throws -> ImportTensor {
    let rank = tensor.shape.count + axes.count
    let added = Set(try axes.map { try TensorAxes.index($0, rank: rank) })
    guard added.count == axes.count else { throw ImportError("it has axes \(axes)") }
    var rest = tensor.shape[...]
    return tensor.reshaped(
      (0..<rank).map { added.contains($0) ? 1 : rest.popFirst() ?? 1 })
  }

  static func slice(_ node: ImportNode, _ operands: [ImportTensor?]) throws -> ImportTensor {
    guard let data = operands[0] else { throw ImportError("it reads nothing") }
    let cuts = try SliceCuts(node, rank: data.shape.count) { index in
      operands.indices.contains(index) ? operands[index] : nil
    }
    var (shape, strides, offset) = (data.shape, data.strides, 0)
    for cut in cuts.cuts {
      let part = try TensorAxes.part(
        of: data.shape[cut.axis], start: cut.start, end: cut.end, step: cut.step)
      offset += part.start * strides[cut.axis]
      (shape[cut.axis], strides[cut.axis]) = (part.count, strides[cut.axis] &* part.step)
    }
    return shape.contains(0)
      ? emptied(data, shape) : data.taken(shape: shape, strides: strides, offset: offset)
  }

  static func range(_ operands: [ImportTensor?]) throws -> ImportTensor {
    let numbers = operands.compactMap { $0?.single }
    guard numbers.count == 3, numbers[2] != 0 else { throw ImportError("it is no range") }
    let count = max(((numbers[1] - numbers[0]) / numbers[2]).rounded(.up), 0)
    guard count <= Double(mostMade) else {
      throw ImportError("it would make a constant of \(count) numbers, which is too large")
    }
    let values = (0..<Int(count)).map { numbers[0] + Double($0) * numbers[2] }
    let isWhole = operands.allSatisfy { $0?.isWhole == true }
    return ImportTensor(
      shape: [values.count],
      isWhole ? .integers(values.map(saturated)) : .floats(values.map(Float.init)))
  }

  /// The product, the sum or an extreme of all numbers; nil of some of the axes alone.
  static func reduce(_ node: ImportNode, _ operands: [ImportTensor?]) throws -> ImportTensor? {
    guard let first = operands[0], first.count <= mostMade else { return nil }
    let axes =
      try node.integers("axes") ?? (operands.count > 1 ? operands[1] : nil)?.wholes()
      ?? Array(first.shape.indices)
    let taken = Set(try axes.map { try TensorAxes.index($0, rank: first.shape.count) })
    guard taken.count == first.shape.count else { return nil }
    let numbers = first.doubles
    let value: Double =
      switch node.operation {
      case "ReduceProd": numbers.reduce(1, *)
      case "ReduceSum": numbers.reduce(0, +)
      case "ReduceMax": numbers.reduce(-.infinity, max)
      default: numbers.reduce(.infinity, min)
      }
    let shape = node.integer("keepdims") == 0 ? [] : first.shape.map { _ in 1 }
    guard first.isWhole else { return ImportTensor(shape: shape, .floats([Float(value)])) }
    guard let whole = Int(exactly: value) else { throw ImportError("it makes \(value)") }
    return ImportTensor(shape: shape, .integers([whole]))
  }
}

/// What `Slice` takes of which axes, in its attributes or, from version 10 on, in its operands.
package struct SliceCuts {
  package var cuts: [(axis: Int, start: Int, end: Int, step: Int)]

  /// - Parameter operand: The constant that operand `index` is; nil where it is left out.
  package init(
    _ node: ImportNode, rank: Int, _ operand: (Int) throws -> ImportTensor?
  ) throws {
    let starts = try node.integers("starts") ?? operand(1)?.wholes()
    let ends = try node.integers("ends") ?? operand(2)?.wholes()
    guard let starts, let ends, starts.count == ends.count else {
      throw ImportError("it lacks starts or ends")
    }
    let axes = try node.integers("axes") ?? operand(3)?.wholes() ?? Array(starts.indices)
    let steps = try operand(4)?.wholes() ?? starts.map { _ in 1 }
    guard axes.count == starts.count, steps.count == starts.count else {
      throw ImportError("it has \(starts.count) starts for \(axes.count) axes")
    }
    cuts = try axes.indices.map {
      (try TensorAxes.index(axes[$0], rank: rank), starts[$0], ends[$0], steps[$0])
    }
    guard Set(cuts.map(\.axis)).count == cuts.count else {
      throw ImportError("it cuts an axis twice")
    }
  }
}
