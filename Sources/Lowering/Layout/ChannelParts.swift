import IR

/// How the kernels of an operation read a value whose channels are in the lanes, and which is a part of
/// another.
package enum ChannelReading: Hashable, Sendable {
  /// They take it for a whole.
  case whole
  /// Vector by vector, and whether of rows that follow each other.
  case vectors, vectorsOfRows
  /// Number by number, likewise.
  case numbers, numbersOfRows

  /// Whether they can read what `layout` says.
  ///
  /// - Parameter isWide: Whether whole vectors can be loaded from there.
  func reads(_ layout: ChannelLayout, isWide: Bool) -> Bool {
    switch self {
    case .whole: false
    case .vectors: isWide
    case .vectorsOfRows: isWide && layout.rowsFollow
    case .numbers: true
    case .numbersOfRows: layout.rowsFollow
    }
  }
}

/// An operation that puts boxes of numbers beside each other, or takes one out of a value.
package protocol BoxOperation: ForwardOperation {
  /// Where in the result each operand begins, along each axis; nil of an operation that does not join
  /// values.
  func starts(of operands: [Shape]) -> [[Int]]?

  /// What it takes of a value of `shape`, along each axis; nil of an operation that takes no box.
  func box(of shape: Shape) -> (starts: [Int], steps: [Int])?
}

/// Where a value lies that is a part of another, its channels in the lanes.
package struct ValuePart: Hashable, Sendable {
  /// What it is a part of.
  package var whole: ValueID
  /// Numbers of the whole that come before it.
  package var start: Int
  /// Who writes its numbers.
  package var role: BufferPart.Role
}

/// Lets values whose channels are in the lanes lie where a kernel would copy them to or from: what a concat
/// joins is written into its part of the result at once, and a slice is read where it lies.
struct ChannelParts {
  private let graph: Graph
  private let lanes: Int
  private(set) var layouts: ValueTable<Buffer.Layout>
  private(set) var parts: [ValueID: ValuePart] = [:]
  /// The nodes that read each value, also by other names: those of layers that change nothing, and of
  /// images that lie as vectors as they lay.
  private var readers: [ValueID: [Graph.Node]] = [:]
  private var makers: [ValueID: Graph.Node] = [:]
  /// The value that each such name is for, and the names of each value.
  private var origins: [ValueID: ValueID] = [:]
  private var names: [ValueID: [ValueID]] = [:]
  /// What a caller reads.
  private let kept: Set<ValueID>

  init(_ graph: Graph, lanes: Int, layouts: ValueTable<Buffer.Layout>) {
    self.graph = graph
    self.lanes = lanes
    self.layouts = layouts
    kept = Set(graph.model.outputs + graph.losses.map(\.operand))
    for node in graph.nodes {
      for operand in Set(node.activations.map(origin)) {
        readers[operand, default: []].append(node)
      }
      guard case .activation(let result) = node.results.last else { continue }
      makers[result] = node
      if let operand = node.activations.first, isName(node, of: operand, result) {
        origins[result] = origin(of: operand)
        names[origin(of: operand), default: []].append(result)
      }
    }
  }

  /// The last concat first, so that what it joins may have parts in turn; then slices, of values where they
  /// lie by then.
  mutating func place() {
    for node in graph.nodes.reversed() { join(node) }
    for node in graph.nodes { view(node) }
  }

  /// Whether a node only gives its operand another name.
  private func isName(_ node: Graph.Node, of operand: ValueID, _ result: ValueID) -> Bool {
    if node.operation is IdentityOperation { return true }
    guard let layer = result.layer, graph.model.layers[layer].op.base is any ViewOperation,
      case .channels = layouts[result], node.layers.count == 1
    else { return false }
    return layouts[result] == layouts[operand]
  }

  private func origin(of value: ValueID) -> ValueID { origins[value] ?? value }

  private func isKept(_ value: ValueID) -> Bool {
    kept.contains(value) || names[value, default: []].contains(where: kept.contains)
  }

  private func layout(of value: ValueID) -> ChannelLayout? {
    if case .channels(let layout) = layouts[value] { layout } else { nil }
  }

  private mutating func put(_ value: ValueID, _ layout: ChannelLayout, _ part: ValuePart) {
    for name in [value] + names[value, default: []] {
      layouts[name] = .channels(layout)
      parts[name] = part
    }
  }

  // MARK: What is joined

  private mutating func join(_ node: Graph.Node) {
    guard let operation = node.operation as? any BoxOperation,
      case .activation(let result)? = node.results.last, let whole = layout(of: result),
      let starts = operation.starts(of: node.activations.map(graph.model.shape(of:)))
    else { return }
    let operands = node.activations.map(origin)
    let places = zip(operands, starts).map { operand, start in
      operands.filter { $0 == operand }.count == 1
        ? place(of: operand, at: start, in: whole, of: result) : nil
    }
    // What is behind the channels is there to be read with them, and the last operand has it.
    guard whole.channels == whole.numbers || places.last.map({ $0 != nil }) == true else { return }
    for case (let operand, let place?) in zip(operands, places) {
      put(
        operand, place.layout, ValuePart(whole: result, start: place.start, role: .fills))
    }
  }

  /// How an operand lies that begins at `start` in `whole`; nil where it has to be copied there.
  private func place(
    of operand: ValueID, at start: [Int], in whole: ChannelLayout, of result: ValueID
  )
    -> (layout: ChannelLayout, start: Int)?
  {
    guard let maker = makers[operand], let own = layout(of: operand), own.isDense,
      parts[operand] == nil, !isKept(operand),
      (maker.operation as? any ForwardOperation)?.makesChannelParts
        ?? (maker.operation is InputOperation)
    else { return nil }
    let first = Cell(start)
    let isWide = own.numbers % lanes == 0 && first.channel % lanes == 0
    let isLast = first.channel + own.channels == whole.channels
    guard isWide, own.channels == own.numbers || isLast,
      first.row + own.height <= whole.height, first.column + own.width <= whole.width,
      own.height == 1 || own.width * whole.stride == whole.row
    else { return nil }
    var layout = own
    layout.stride = whole.stride
    layout.row = own.width * whole.stride
    guard canRead(layout, isWide: true, operand) else { return nil }
    return (layout, first.distance(in: whole))
  }

  // MARK: What is taken

  private mutating func view(_ node: Graph.Node) {
    guard let operation = node.operation as? any BoxOperation, let operand = node.activations.first,
      case .activation(let result)? = node.results.last, let whole = layout(of: operand),
      let own = layout(of: result), own.isDense, parts[result] == nil, !isKept(result),
      let box = operation.box(of: graph.model.shape(of: operand))
    else { return }
    let (first, step) = (Cell(box.starts), Cell(box.steps, else: 1))
    guard step.channel == 1,
      first.row + (own.height - 1) * step.row < whole.height,
      first.column + (own.width - 1) * step.column < whole.width
    else { return }
    let isWide =
      first.channel % lanes == 0 && whole.numbers % lanes == 0 && whole.stride % lanes == 0
      && beginsVector(operand)
    var layout = own
    layout.numbers = isWide ? own.numbers : own.channels
    layout.stride = whole.stride * step.column
    layout.row = whole.row * step.row
    guard first.channel + layout.numbers <= whole.numbers, canRead(layout, isWide: isWide, result)
    else { return }
    put(
      result, layout,
      ValuePart(whole: origin(of: operand), start: first.distance(in: whole), role: .views))
  }

  /// Whether a value begins where a vector does, as wholes do.
  private func beginsVector(_ value: ValueID) -> Bool {
    guard let part = parts[value] else { return true }
    return part.start % lanes == 0 && beginsVector(part.whole)
  }

  /// Whether all that reads `value` can read it as `layout` says.
  private func canRead(_ layout: ChannelLayout, isWide: Bool, _ value: ValueID) -> Bool {
    readers[value, default: []].allSatisfy { reader in
      guard let operation = reader.operation as? any ForwardOperation,
        reader.layers.last.map({ self.layout(of: .result(of: $0)) != nil }) == true
      else { return false }
      if case .activation(let result)? = reader.results.last, origins[result] != nil { return true }
      return operation.readsChannelParts.reads(layout, isWide: isWide)
    }
  }

  /// A number's place along the axes of a value of up to three.
  private struct Cell {
    var channel: Int
    var row, column: Int

    init(_ index: [Int], else missing: Int = 0) {
      channel = index[0]
      row = index.count == 3 ? index[1] : missing
      column = index.count > 1 ? index[index.count - 1] : missing
    }

    func distance(in layout: ChannelLayout) -> Int {
      row * layout.row + column * layout.stride + channel
    }
  }
}
