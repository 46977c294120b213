import IR
import Importing

extension ImportRule {
  static let moves: [ImportRule] = [
    transposition, concatenation, slicing, splitting, gathering, flattening, reshaping, squeezing,
    unsqueezing, expanding, identity, cast, padding,
  ]

  private static let identity = ImportRule.one("Identity") { node, network in
    try network.view(node)
  }

  private static let cast = ImportRule.one("Cast") { node, network in
    guard [1, 10, 11, 16].contains(node.integer("to") ?? 1) else {
      throw ImportError(
        "it makes whole numbers of what is computed, and the language computes real ones")
    }
    return try network.view(node)
  }

  private static let transposition = ImportRule.one("Transpose") { node, network in
    var view = try network.view(node)
    let rank = view.axes.count + 1
    let order = node.integers("perm") ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank) else {
      throw ImportError("it has the axes \(order), and what it reads has \(rank)")
    }
    guard order[0] == 0 else { throw ImportError("it moves the batch to another axis") }
    view.axes = order.dropFirst().map { view.axes[$0 - 1] }
    return view
  }

  private static let concatenation = ImportRule.one("Concat") { node, network in
    var views: [ImportedView] = []
    for index in node.inputs.indices { views.append(try network.view(node, index)) }
    guard let first = views.first else { throw ImportError("it reads nothing") }
    if views.count == 1 { return first }
    let index = try first.index(node.integer("axis") ?? 1)
    views = try views.map { try network.padded($0) }
    let isAlike = views.allSatisfy {
      $0.axes == first.axes && $0.shape.dimensions.count == first.shape.dimensions.count
    }
    if !isAlike || first.axes[index] == nil { views = try views.map { try network.plain($0) } }
    guard let axis = views[0].axes[index] else { throw ImportError("it joins along no axis") }
    let arguments: [ImportedArgument] = axis == 0 ? [] : [.key("axis", .whole(axis + 1))]
    let id = try network.layer(
      Concat.definition.signature.keyword, views.map { .value($0.id) }, arguments)
    return views[0].with(id, network.shape(of: id))
  }

  private static let slicing = ImportRule.one("Slice") { node, network in
    var view = try network.padded(network.view(node))
    let cuts = try SliceCuts(node, rank: view.axes.count + 1) { try network.constant(node, $0) }
    for cut in cuts.cuts {
      if cut.axis == 0 {
        guard cut.start == 0, cut.end >= network.batchSize, cut.step == 1 else {
          throw ImportError("it takes a part of the batch")
        }
        continue
      }
      view = try network.cut(view, cut.axis - 1, start: cut.start, end: cut.end, step: cut.step)
    }
    return view
  }

  private static let splitting = ImportRule("Split") { node, network in
    let view = try network.padded(network.view(node))
    let index = try view.index(node.integer("axis") ?? 0)
    let count = node.outputs.count
    let size = view.sizes[index]
    let each = (size + count - 1) / max(count, 1)
    let given = try network.wholes(node, "split", orOperand: 1)
    let sizes = given ?? (0..<count).map { min(each, size - $0 * each) }
    guard sizes.count == count, sizes.allSatisfy({ $0 > 0 }), sizes.reduce(0, +) == size else {
      throw ImportError("it splits \(size) numbers into \(sizes)")
    }
    guard count > 1, let axis = view.axes[index] else { return [.computed(view)] }
    let isEven = Set(sizes).count == 1
    return try (1...count).map { number in
      var arguments: [ImportedArgument] = [
        .place("number", .whole(number)),
        .key("of", isEven ? .whole(count) : .list(sizes.map(Constant.whole))),
      ]
      if axis != 0 { arguments.append(.key("axis", .whole(axis + 1))) }
      let id = try network.layer(
        Part.definition.signature.keyword, [.value(view.id)], arguments)
      return .computed(view.with(id, network.shape(of: id)))
    }
  }

  private static let gathering = ImportRule.one("Gather") { node, network in
    guard case .computed(let operand)? = try network.operand(node, 0) else {
      throw ImportError(
        "it looks numbers up in a table, and the language has no embeddings")
    }
    let view = try network.padded(operand)
    let places = try network.tensor(node, 1)
    let index = try view.index(node.integer("axis") ?? 0)
    let size = view.sizes[index]
    let numbers = try places.wholes().map { $0 < 0 ? $0 &+ size : $0 }
    guard places.shape.count <= 1, let first = numbers.first,
      numbers.allSatisfy((0..<size).contains)
    else { throw ImportError("it takes the places \(numbers.prefix(8)) of \(size)") }
    if places.shape.isEmpty {
      var part = try network.cut(view, index, start: first, end: first + 1, step: 1)
      part.axes.remove(at: index)
      return part
    }
    let step = numbers.count > 1 ? numbers[1] - first : 1
    if step > 0, numbers.enumerated().allSatisfy({ $1 == first + $0 * step }) {
      let last = numbers[numbers.count - 1]
      return try network.cut(view, index, start: first, end: last + 1, step: step)
    }
    if let nearest = try network.nearest(view, index, numbers) { return nearest }
    throw ImportError("it takes places in an order that no slice has")
  }

  private static let flattening = ImportRule.one("Flatten") { node, network in
    let view = try network.view(node)
    let axis = node.integer("axis") ?? 1
    guard axis == 1 || axis == -view.axes.count else {
      throw ImportError(
        "it flattens from axis \(axis) on, which joins the batch with others or keeps some apart")
    }
    return try network.reshaped(view, [view.sizes.reduce(1, *)])
  }

  private static let reshaping = ImportRule.one("Reshape") { node, network in
    let view = try network.view(node)
    guard let given = try network.wholes(node, "shape", orOperand: 1) else {
      throw ImportError("its shape is left out")
    }
    let batch = network.batchSize
    let whole = [batch] + view.sizes
    let keepsZeros = node.integer("allowzero") ?? 0 == 0
    var sizes = given.enumerated().map { axis, size in
      size == 0 && keepsZeros && axis < whole.count ? whole[axis] : size
    }
    let count = view.sizes.reduce(1, *)
    // What is left over is the batch where all else is an example.
    if sizes.first == -1, sizes.dropFirst().reduce(1, &*) == count { sizes[0] = batch }
    guard sizes.first == batch else {
      throw ImportError(
        "it makes \(given) of values of \(Shape(view.sizes)), which does not keep the batch as the first axis"
      )
    }
    var rest = Array(sizes.dropFirst())
    if let open = rest.firstIndex(of: -1) {
      rest[open] = 1
      let known = rest.reduce(1, &*)
      guard known > 0, count % known == 0 else {
        throw ImportError("it makes \(given) of values of \(Shape(view.sizes))")
      }
      rest[open] = count / known
    }
    guard rest.allSatisfy({ (1...count).contains($0) }), product(rest) == count else {
      throw ImportError("it makes \(given) of values of \(Shape(view.sizes))")
    }
    return try network.reshaped(view, rest)
  }

  private static func product(_ sizes: [Int]) -> Int? {
    var product = 1
    for size in sizes {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      product = next
    }
    return product
  }

  private static let squeezing = ImportRule.one("Squeeze") { node, network in
    var view = try network.view(node)
    let sizes = view.sizes
    let axes: [Int]
    if let given = try network.wholes(node, "axes", orOperand: 1) {
      axes = try given.map { try view.index($0) }
    } else {
      guard network.batchSize != 1 else {
        throw ImportError("it takes the batch away, which is of one example in the file")
      }
      axes = sizes.indices.filter { sizes[$0] == 1 }
    }
    guard axes.allSatisfy({ sizes[$0] == 1 }) else {
      throw ImportError("it takes axes away that are not of one number: \(Shape(sizes))")
    }
    view = try network.padded(view)
    view.axes = view.axes.indices.filter { !axes.contains($0) }.map { view.axes[$0] }
    return view
  }

  private static let unsqueezing = ImportRule.one("Unsqueeze") { node, network in
    var view = try network.view(node)
    let axes = try network.wholes(node, "axes", orOperand: 1) ?? []
    let rank = view.axes.count + 1 + axes.count
    let added = Set(axes.map { $0 < 0 ? $0 &+ rank : $0 })
    guard added.count == axes.count, added.allSatisfy((0..<rank).contains) else {
      throw ImportError("it has the axes \(axes)")
    }
    guard !added.contains(0) else { throw ImportError("it puts an axis before the batch") }
    var rest = view.axes[...]
    view.axes = (1..<rank).map { added.contains($0) ? nil : rest.popFirst() ?? nil }
    return view
  }

  private static let expanding = ImportRule.one("Expand") { node, network in
    let view = try network.view(node)
    let sizes = try network.tensor(node, 1).wholes()
    let own = [network.batchSize] + view.sizes
    guard sizes.count <= own.count,
      zip(sizes.reversed(), own.reversed()).allSatisfy({ $0 == 1 || $0 == $1 })
    else {
      throw ImportError("it repeats the numbers of \(Shape(view.sizes)) to \(sizes)")
    }
    return view
  }
}

extension NetworkImport {
  /// A part of an axis of the graph, the batch left out.
  fileprivate mutating func cut(
    _ view: ImportedView, _ index: Int, start: Int, end: Int, step: Int
  ) throws -> ImportedView {
    let size = view.sizes[index]
    let part = try TensorAxes.part(of: size, start: start, end: end, step: step)
    guard part.count > 0 else { throw ImportError("it takes nothing of \(size) numbers") }
    if part.count == size, part.step == 1 { return view }
    guard part.step > 0 else {
      throw ImportError("it turns an axis around, and the language takes places forwards alone")
    }
    guard let axis = view.axes[index] else { return view }
    var arguments: [ImportedArgument] = [
      .place("axis", axis == 0 ? .word("channels") : .whole(axis + 1))
    ]
    if part.start > 0 { arguments.append(.key("start", .whole(part.start))) }
    let last = part.start + (part.count - 1) * part.step + 1
    if last + part.step <= size || part.step == 1 && last < size {
      arguments.append(.key("end", .whole(last)))
    }
    if part.step > 1 { arguments.append(.key("step", .whole(part.step))) }
    let id = try layer(Slice.definition.signature.keyword, [.value(view.id)], arguments)
    return view.with(id, shape(of: id))
  }
}
