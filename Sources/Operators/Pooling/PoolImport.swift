import IR
import Importing

extension ImportRule {
  static let averagePool = ImportRule.one("AveragePool") { node, network in
    let view = try network.image(network.view(node))
    var window = try ImportedWindow(node, over: view)
    window.roundsUp = node.integer("ceil_mode") ?? 0 == 1
    guard window.dilations.allSatisfy({ $0 == 1 }) else {
      throw ImportError(
        "its taps are \(window.dilations) apart, and 'avgpool' has them side by side")
    }
    try window.pad(node)
    let counts = node.integer("count_include_pad") ?? 0 == 1
    let isPadded = (window.before + window.after).contains { $0 > 0 }
    var (x, countsPadding) = (view, counts)
    if let margin = view.margin {
      var own = window
      own.take(margin)
      let goesWith =
        margin.value == 0 && margin.before[0] + margin.after[0] == 0
        && (counts || !isPadded)
      if goesWith, own.isPadded(atMost: { $0 / 2 }) {
        (window, x.margin, countsPadding) = (own, nil, true)
      } else {
        x = try network.padded(view)
      }
    }
    if !window.isPadded(atMost: { $0 / 2 }) {
      if countsPadding {
        x.margin = .init(before: [0] + window.before, after: [0] + window.after, value: 0)
        x = try network.padded(x)
        (window.before, window.after) = (window.before.map { _ in 0 }, window.after.map { _ in 0 })
      } else {
        window.shorten()
      }
    }
    let more: [ImportedArgument] =
      countsPadding || window.padding.isEmpty ? [] : [.key("count_padding", .flag(false))]
    return try network.pool(AveragePool.definition, x, window, more)
  }

  static let maxPool = ImportRule("MaxPool") { node, network in
    let view = try network.image(network.view(node))
    var window = try ImportedWindow(node, over: view)
    window.roundsUp = node.integer("ceil_mode") ?? 0 == 1
    try window.pad(node)
    var x = view
    if let margin = view.margin {
      // What never wins is padding.
      if margin.value < -3e38, margin.before[0] + margin.after[0] == 0 {
        window.take(margin)
        x.margin = nil
      } else {
        x = try network.padded(view)
      }
    }
    if !window.isPadded(atMost: { $0 / 2 }) { window.shorten() }
    let dilation: [ImportedArgument] =
      window.dilations.contains { $0 > 1 } ? [.key("dilation", .sizes(window.dilations))] : []
    return [.computed(try network.pool(MaxPool.definition, x, window, dilation))]
  }

  static let globalPools = [
    global("GlobalAveragePool", isMean: true), global("GlobalMaxPool", isMean: false),
    reduction("ReduceMean", isMean: true), reduction("ReduceMax", isMean: false),
    reduction("ReduceSum", isMean: true),
  ]

  private static func global(_ name: String, isMean: Bool) -> ImportRule {
    .one(name) { node, network in
      let view = try network.view(node)
      let axes = Array(view.axes.indices.dropFirst())
      guard !axes.isEmpty else { throw ImportError("it reads a value without places") }
      return try network.reduced(view, axes, keepsAxes: true, isMean: isMean)
    }
  }

  private static func reduction(_ name: String, isMean: Bool) -> ImportRule {
    .one(name) { node, network in
      let view = try network.view(node)
      let keeps = node.integer("keepdims") ?? 1 == 1
      guard let axes = try network.wholes(node, "axes", orOperand: 1), !axes.isEmpty else {
        if node.integer("noop_with_empty_axes") ?? 0 == 1 { return view }
        throw ImportError("it takes all axes together, the batch too")
      }
      let indices = Array(Set(try axes.map { try view.index($0) })).sorted()
      let result = try network.reduced(view, indices, keepsAxes: keeps, isMean: isMean)
      guard name == "ReduceSum" else { return result }
      return try network.arithmetic("*", result, Double(indices.reduce(1) { $0 * view.sizes[$1] }))
    }
  }
}

extension ImportedWindow {
  /// Lets last windows reach past less padding, where the windows stay the same.
  fileprivate mutating func shorten() {
    var shorter = self
    shorter.roundsUp = true
    for index in kernel.indices {
      shorter.after[index] = min(after[index], axes[index].extent / 2)
    }
    let counts = zip(axes, sizes).map { $0.count(in: $1) }
    if zip(shorter.axes, sizes).map({ $0.count(in: $1) }) == counts { self = shorter }
  }
}

extension NetworkImport {
  fileprivate mutating func pool(
    _ definition: Definition<any Operation>, _ view: ImportedView, _ window: ImportedWindow,
    _ more: [ImportedArgument]
  ) throws -> ImportedView {
    var arguments: [ImportedArgument] = [.place("kernel", .sizes(window.kernel))]
    if window.strides != window.kernel { arguments.append(.key("stride", .sizes(window.strides))) }
    arguments += window.padding
    if window.roundsUp { arguments.append(.key("ceil", .flag(true))) }
    let id = try layer(definition.signature.keyword, [.value(view.id)], arguments + more)
    return ImportedView(id, shape(of: id))
  }

  /// The means, or the largest numbers, along axes of the graph, the batch left out.
  fileprivate mutating func reduced(
    _ view: ImportedView, _ axes: [Int], keepsAxes: Bool, isMean: Bool
  ) throws -> ImportedView {
    let kept = view.axes.indices.filter { !axes.contains($0) && view.axes[$0] != nil }
    var x = try padded(view)
    let long = axes.filter { view.sizes[$0] > 1 }
    if !long.isEmpty {
      let places = kept.filter { view.sizes[$0] > 1 }
      if places.count <= 1 {
        x = try wholePlaces(x, channel: places.first, isMean)
      } else {
        x = try somePlaces(x, long, isMean)
      }
    }
    for index in axes { x.axes[index] = nil }
    if !keepsAxes { x.axes = x.axes.indices.filter { !axes.contains($0) }.map { x.axes[$0] } }
    return x
  }

  /// One number for each place of one axis, or one of all.
  private mutating func wholePlaces(
    _ view: ImportedView, channel: Int?, _ isMean: Bool
  ) throws -> ImportedView {
    var x = view
    if let channel {
      x = try leading(view, channel)
    } else {
      let sizes = view.sizes
      x = try reshaped(view, [sizes.reduce(1, *)])
      let id = try layer(
        Reshape.definition.signature.keyword, [.value(x.id)],
        [.place("shape", .list([.whole(1), .whole(x.shape.elementCount)]))])
      x = ImportedView(id, shape(of: id))
    }
    if x.shape.dimensions.count > 3 {
      let id = try layer(
        Reshape.definition.signature.keyword, [.value(x.id)],
        [.place("shape", .list([.whole(x.shape.channels), .whole(x.shape.planeCount)]))])
      x = ImportedView(id, shape(of: id))
    }
    let definition = isMean ? AveragePool.global : MaxPool.global
    let id = try layer(definition.signature.keyword, [.value(x.id)])
    var result = ImportedView(id, shape(of: id))
    result.axes = view.axes.indices.map { $0 == channel ? 0 : nil }
    return result
  }

  /// Windows as long as the axes that are taken together.
  private mutating func somePlaces(
    _ view: ImportedView, _ axes: [Int], _ isMean: Bool
  ) throws -> ImportedView {
    let first = view.axes.indices.first { !axes.contains($0) && view.sizes[$0] > 1 } ?? 0
    let isLeading = axes.allSatisfy { view.axes[$0] != 0 }
    let x = isLeading ? view : try leading(view, first)
    guard (2...3).contains(x.shape.dimensions.count) else {
      throw ImportError(
        "it takes axes together of a value of \(x.shape), and the language has windows over two")
    }
    let taken = Set(axes.compactMap { x.axes[$0] })
    let kernel = x.shape.dimensions.indices.dropFirst().map {
      taken.contains($0) ? x.shape.dimensions[$0] : 1
    }
    let definition = isMean ? AveragePool.definition : MaxPool.definition
    let id = try layer(
      definition.signature.keyword, [.value(x.id)], [.place("kernel", .sizes(kernel))])
    return x.with(id, shape(of: id))
  }
}
