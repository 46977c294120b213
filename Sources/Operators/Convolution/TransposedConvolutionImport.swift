import IR
import Importing

extension ImportRule {
  static let transposedConvolution = ImportRule.one("ConvTranspose") { node, network in
    let weight = try network.tensor(node, 1)
    let view = try network.image(network.padded(network.view(node)))
    guard weight.shape.count == view.axes.count + 1 else {
      throw ImportError(
        "its weight is \(weight.shape), and what it reads has \(view.axes.count) axes")
    }
    let groups = node.integer("group") ?? 1
    guard (1...Limits.dimension.upperBound).contains(groups) else {
      throw ImportError("it has \(groups) groups")
    }
    var window = try ImportedWindow(node, kernel: Array(weight.shape.dropFirst(2)), over: view)
    var more = node.integers("output_padding") ?? window.kernel.map { _ in 0 }
    guard more.count == window.kernel.count,
      more.allSatisfy({ (0...Limits.kernel.upperBound).contains($0) })
    else { throw ImportError("its output_padding is \(more)") }
    try window.fit(node, &more)
    let bias = try network.constant(node, 2)
    var arguments: [ImportedArgument] = [
      .place("channels", .whole(weight.shape[1] * groups)), .key("kernel", .sizes(window.kernel)),
    ]
    var rest = convolved(window, groups: groups, hasBias: bias != nil)
    // The words for padding are of the result's size, and this is of numbers.
    if let index = rest.firstIndex(where: { $0.name == "padding" }),
      case .word(let word) = rest[index].value, word != "same"
    {
      let cells = zip(window.before, window.after).flatMap { [$0, $1] }
      rest[index].value = .list(cells.map(Constant.whole))
    }
    arguments += rest
    if more.contains(where: { $0 > 0 }) { arguments.append(.key("output_padding", .sizes(more))) }
    let id = try network.layer(
      TransposedConvolution.definition.signature.keyword, [.value(view.id)], arguments,
      convolutionTensors(weight, bias))
    return ImportedView(id, network.shape(of: id))
  }
}

extension ImportedWindow {
  /// Works out the padding of a result whose size is given, by number or by `auto_pad`.
  fileprivate mutating func fit(_ node: ImportNode, _ more: inout [Int]) throws {
    let word = node.text("auto_pad") ?? "NOTSET"
    let isSame = word == "SAME_UPPER" || word == "SAME_LOWER"
    let given = node.integers("output_shape")
    if given == nil, !isSame {
      try pad(node)
      return
    }
    let results =
      given.map { Array($0.suffix(kernel.count)) } ?? zip(sizes, strides).map { $0 * $1 }
    guard results.count == kernel.count, results.allSatisfy(Limits.dimension.contains) else {
      throw ImportError("its output_shape is \(results)")
    }
    for (index, axis) in axes.enumerated() {
      let open = (sizes[index] - 1) * axis.stride + axis.extent + more[index]
      let total = max(open - results[index], 0)
      more[index] += max(results[index] - open, 0)
      (before[index], after[index]) =
        word == "SAME_UPPER" ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
    }
  }
}
