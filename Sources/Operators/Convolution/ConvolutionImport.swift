import IR
import Importing

extension ImportRule {
  static let convolution = ImportRule.one("Conv") { node, network in
    let weight = try network.tensor(node, 1)
    let view = try network.image(network.view(node))
    guard weight.shape.count == view.axes.count + 1 else {
      throw ImportError(
        "its weight is \(weight.shape), and what it reads has \(view.axes.count) axes")
    }
    var window = try ImportedWindow(node, kernel: Array(weight.shape.dropFirst(2)), over: view)
    try window.pad(node)
    var x = view
    if let margin = view.margin {
      var own = window
      own.take(margin)
      let isOfPlaces = margin.before[0] + margin.after[0] == 0
      if margin.value == 0, isOfPlaces, own.isPadded(atMost: { $0 - 1 }) {
        (window, x.margin) = (own, nil)
      } else {
        x = try network.padded(view)
      }
    }
    if !window.isPadded(atMost: { $0 - 1 }) {
      // Whole windows of zeros: the padding is put there first.
      x = try network.padded(x)
      x.margin = .init(before: [0] + window.before, after: [0] + window.after, value: 0)
      x = try network.padded(x)
      (window.before, window.after) = (window.before.map { _ in 0 }, window.after.map { _ in 0 })
    }
    let groups = node.integer("group") ?? 1
    let bias = try network.constant(node, 2)
    let arguments =
      [.place("channels", .whole(weight.shape[0])), .key("kernel", .sizes(window.kernel))]
      + convolved(window, groups: groups, hasBias: bias != nil)
    let id = try network.layer(
      Convolution.definition.signature.keyword, [.value(x.id)], arguments,
      convolutionTensors(weight, bias))
    return ImportedView(id, network.shape(of: id))
  }

  /// What convolutions, turned around or not, are told besides channels and kernel.
  static func convolved(
    _ window: ImportedWindow, groups: Int, hasBias: Bool
  ) -> [ImportedArgument] {
    var arguments: [ImportedArgument] = []
    if window.strides.contains(where: { $0 > 1 }) {
      arguments.append(.key("stride", .sizes(window.strides)))
    }
    arguments += window.padding
    if window.dilations.contains(where: { $0 > 1 }) {
      arguments.append(.key("dilation", .sizes(window.dilations)))
    }
    if groups != 1 { arguments.append(.key("groups", .whole(groups))) }
    if !hasBias { arguments.append(.key("bias", .flag(false))) }
    return arguments
  }

  static func convolutionTensors(
    _ weight: ImportTensor, _ bias: ImportTensor?
  ) -> [TensorDeclaration.Role: ImportTensor] {
    bias.map { [.weight: weight, .bias: $0] } ?? [.weight: weight]
  }
}
