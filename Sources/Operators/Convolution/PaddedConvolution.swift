import IR

// Padding that is not zeros is a layer of its own, whose gradient goes back to where its numbers are
// from; and so is one as large as a window reaches, which the edges of the kernels do not count on.
extension Convolution: DecomposedOperation {
  package func decomposed(for operand: Shape) throws(ShapeError) -> Decomposition? {
    let window = try sizes.window(keyword: keyword, over: operand)
    let axes = [window.rows, window.columns].suffix(operand.dimensions.count - 1)
    let mode: Pad.Mode
    switch paddingMode {
    case .zeros:
      guard axes.contains(where: { max($0.before, $0.after) >= $0.extent }) else { return nil }
      mode = .constant
    case .reflect: mode = .reflect
    case .replicate: mode = .edge
    }
    for (axis, size) in zip(axes, operand.dimensions.dropFirst())
    where mode == .reflect && max(axis.before, axis.after) >= size {
      throw ShapeError(
        "\(keyword)'s padding of \(max(axis.before, axis.after)) mirrors as many numbers, and the axis of "
          + "\(size) in \(operand) has \(size - 1) to mirror",
        help: "less padding, or 'padding_mode: replicate' or 'zeros'")
    }
    var rest = self
    rest.paddingMode = .zeros
    rest.sizes = WindowSizes(
      kernel: sizes.kernel, stride: sizes.stride, padding: .cells([0]), dilation: sizes.dilation)
    return Decomposition(
      first: Pad(
        before: [0] + axes.map(\.before), after: [0] + axes.map(\.after), mode: mode, value: 0),
      rest: rest)
  }
}
