import IR

// Values as an operation needs them: without anything around them, their axes in this order or
// that.
extension NetworkImport {
  /// `view` with what was around it put there by a layer.
  package mutating func padded(_ view: ImportedView) throws -> ImportedView {
    guard let margin = view.margin else { return view }
    let rest = view.shape.dimensions.count > 1 ? 1 : 0
    var arguments: [ImportedArgument] = []
    func text(_ counts: [Int]) -> Constant {
      // One number is for all axes but the channels.
      Set(counts.dropFirst(rest)).count == 1 && (rest == 0 || counts[0] == 0)
        ? .whole(counts[rest]) : .list(counts.map(Constant.whole))
    }
    arguments.append(.place("before", text(margin.before)))
    if margin.after != margin.before { arguments.append(.key("after", text(margin.after))) }
    guard margin.value.isFinite else {
      throw ImportError(
        "what pads with \(margin.value) before it goes with no window here",
        help: "padding that never wins is that of a max pool itself")
    }
    if margin.value != 0 { arguments.append(.key("value", .number(margin.value))) }
    let id = try layer("pad", [.value(view.id)], arguments)
    return view.with(id, shape(of: id))
  }

  /// `view` as the graph has it: its axes, and no others, in their order.
  package mutating func plain(_ view: ImportedView) throws -> ImportedView {
    var view = try ordered(padded(view))
    let sizes = view.sizes
    if view.shape.dimensions != sizes, !sizes.isEmpty {
      let id =
        sizes.count == 1
        ? try layer("flatten", [.value(view.id)])
        : try layer(
          "reshape", [.value(view.id)],
          [.place("shape", .list(sizes.map(Constant.whole)))])
      view = ImportedView(id, shape(of: id))
    }
    if !sizes.isEmpty { view.axes = Array(sizes.indices) }
    return view
  }

  /// `view` with its axes in the order of the graph, though some of one number may be missing.
  package mutating func ordered(_ view: ImportedView) throws -> ImportedView {
    let order = view.axes.compactMap(\.self)
    // Axes of one number move nothing.
    let long = order.filter { view.shape.dimensions[$0] > 1 }
    if long == long.sorted(), order == order.sorted() { return view }
    return try permuted(view, order)
  }

  /// `view` with the model's axes of `order` first, in this order.
  private mutating func permuted(
    _ view: ImportedView, _ order: [Int]
  ) throws -> ImportedView {
    let whole = order + view.shape.dimensions.indices.filter { !order.contains($0) }
    let id = try layer(
      "transpose", [.value(view.id)],
      [.place("axes", .list(whole.map { .whole($0 + 1) }))])
    var result = view.with(id, shape(of: id))
    result.axes = view.axes.map { $0.flatMap { whole.firstIndex(of: $0) } }
    return result
  }

  /// `view` with axis `index` of the graph, the batch left out, as the model's channels.
  package mutating func leading(_ view: ImportedView, _ index: Int) throws -> ImportedView {
    var view = try padded(view)
    guard view.axes.indices.contains(index) else {
      throw ImportError("it reads a single number of each example, and needs channels")
    }
    if view.axes[index] == nil { view = try plain(view) }
    guard let axis = view.axes[index], axis != 0 else { return view }
    return try permuted(view, [axis])
  }

  /// `view` as an image or a sequence in the graph's order, channels first: what convolutions and
  /// pools read. What is around it stays for them to take.
  package mutating func image(_ view: ImportedView) throws -> ImportedView {
    guard (2...3).contains(view.axes.count) else {
      throw ImportError(
        "it has windows over \(view.axes.count - 1) axes, and the language has them over one or two"
      )
    }
    if view.axes == Array(view.shape.dimensions.indices).map(Optional.some) { return view }
    let isMoved = view.axes.contains(nil) || view.axes.count != view.shape.dimensions.count
    if view.margin == nil || isMoved { return try plain(view) }
    // The margin moves with its axes.
    var inner = view
    inner.margin = nil
    let order = view.axes.compactMap(\.self)
    var moved = try plain(inner)
    if let margin = view.margin {
      moved.margin = .init(
        before: order.map { margin.before[$0] }, after: order.map { margin.after[$0] },
        value: margin.value)
    }
    return moved
  }

  /// `view` under other sizes of as many numbers in the same order.
  package mutating func reshaped(_ view: ImportedView, _ sizes: [Int]) throws -> ImportedView {
    if sizes == view.sizes { return view }
    var view = view
    let long = view.axes.compactMap { $0 }.filter { view.size(ofAxis: $0) > 1 }
    if long.map(view.size(ofAxis:)) != sizes.filter({ $0 > 1 }) {
      view = try ordered(padded(view))
      let kept = sizes.filter { $0 > 1 }
      let id: ValueID
      if kept.count <= 1 {
        id =
          view.shape.dimensions.count == 1
          ? view.id : try layer("flatten", [.value(view.id)])
        view = ImportedView(id, shape(of: id))
      } else {
        let shape = sizes.count <= Limits.ranks.upperBound ? sizes : kept
        id = try layer(
          "reshape", [.value(view.id)], [.place("shape", .list(shape.map(Constant.whole)))])
        view = ImportedView(id, Shape(shape))
      }
      if view.shape.dimensions == sizes { return view }
    }
    var rest = view.axes.compactMap { $0 }.filter { view.size(ofAxis: $0) > 1 }[...]
    view.axes = sizes.map { $0 > 1 ? rest.popFirst() : nil }
    return view
  }

  /// Values whose axes are the model's in the same way, so that numbers of the same place go
  /// together.
  package mutating func aligned(_ views: [ImportedView]) throws -> [ImportedView] {
    let whole = try views.map { try padded($0) }
    guard let rank = whole.first?.axes.count, whole.allSatisfy({ $0.axes.count == rank }) else {
      throw ImportError(
        "it reads values of \(views.map { "\($0.axes.count + 1)" }.joined(separator: " and ")) axes, of "
          + "which one is the batch",
        help: "give them the same number of axes before")
    }
    return Self.goTogether(whole) ? whole : try whole.map { try plain($0) }
  }

  /// Whether each axis of the graph is the same axis of the model in all of them, or is of one
  /// number there.
  private static func goTogether(_ views: [ImportedView]) -> Bool {
    guard let rank = views.first?.axes.count else { return true }
    var owner: [Int: Int] = [:]
    for index in 0..<rank {
      let found = Set(views.compactMap { $0.axes[index] })
      guard found.count <= 1 else { return false }
      guard let axis = found.first else { continue }
      guard owner.updateValue(index, forKey: axis) == nil else { return false }
      for view in views where view.axes[index] == nil {
        guard axis >= view.shape.dimensions.count || view.shape.dimensions[axis] == 1 else {
          return false
        }
      }
    }
    // An axis that nobody names is of one number; it must be so in all.
    return views.allSatisfy { view in
      view.shape.dimensions.indices.allSatisfy {
        view.axes.contains($0) || view.shape.dimensions[$0] == 1
      }
    }
  }

  /// What an elementwise layer of `views`, which are aligned, makes.
  package func together(_ views: [ImportedView], _ id: ValueID) -> ImportedView {
    var result = ImportedView(id, shape(of: id))
    result.axes = views[0].axes.indices.map { index in
      views.lazy.compactMap { $0.axes[index] }.first
    }
    return result
  }
}
