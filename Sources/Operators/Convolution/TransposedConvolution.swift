import IR

/// A convolution turned around: `conv_transpose(8, kernel: 2, stride: 2)` doubles an image. Each
/// number of x adds its window to y:
///
///     y[n, co, i*stride + ky*dilation - padding, j*stride + kx*dilation - padding] +=
///       weight[ci, co, ky, kx] * x[n, ci, i, j], plus bias[co]
///
/// Shapes, as PyTorch's ConvTranspose2d has them: x `[ci, height, width]`, weight
/// `[ci, co/groups, kernel, kernel]`, bias `[co]`, y `[co, oh, ow]` with
/// `oh = (height - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1`; with
/// `padding: same_upper` `oh = height stride`, as TensorFlow's `same`.
///
/// It is the input gradient of a convolution of y, its adjoint, and its own gradients are that
/// convolution and that convolution's weight gradient.
package struct TransposedConvolution: ProductOperation {
  private static let outputPaddingKey = WindowKeys.sizes(
    "output_padding", 0...(Limits.kernel.upperBound - 1), default: [0], says: "0",
    "rows and columns more, of those that stride leaves open")
  package static let definition = Definition<any Operation>(
    "conv_transpose", "a convolution turned around: each number adds its window to the result",
    positional: [ConvolutionKeys.channels.parameter],
    keyed: [
      WindowKeys.kernel.parameter, WindowKeys.stride.parameter, WindowKeys.padding.parameter,
      outputPaddingKey.parameter, WindowKeys.dilation.parameter, ConvolutionKeys.groups.parameter,
      ConvolutionKeys.bias.parameter,
    ]
  ) { arguments throws(ArgumentError) in
    let values = try ConvolutionKeys.values(arguments, mayMissTheImage: false)
    let sizes = values.sizes
    let outputPadding = try arguments.value(outputPaddingKey)
    let stride = sizes.stride ?? [1]
    for (axis, count) in outputPadding.enumerated() where count > 0 {
      // As in PyTorch: beyond it there are rows that nothing reaches.
      let most =
        max(
          stride[min(axis, stride.count - 1)],
          sizes.dilation[min(axis, sizes.dilation.count - 1)]) - 1
      guard count <= most else {
        throw ArgumentError(
          "output_padding",
          "is smaller than the stride or the dilation, and here it is \(count) of \(most + 1)",
          help: most > 0
            ? "\(most) at most, or a larger stride"
            : "a stride of 1 leaves no rows open: take it out, or a larger stride")
      }
      if sizes.padding == .sameUpper || sizes.padding == .sameLower {
        throw ArgumentError(
          "output_padding", "is 0 where the padding is a word for the size",
          help: "take it out, or give the padding as a number")
      }
    }
    return TransposedConvolution(
      channels: values.channels, sizes: sizes, outputPadding: outputPadding,
      groups: values.groups, hasBias: values.hasBias)
  }

  package let keyword = "conv_transpose"
  /// Output channels.
  package var channels: Int
  /// The window of the convolution that is turned around.
  package var sizes: WindowSizes
  /// Rows and columns more than the smallest result that the operand can be made of.
  package var outputPadding: [Int]
  package var groups: Int
  package var hasBias: Bool

  package var readsSingleNumbers: Bool { false }

  package var attributes: [AttributeValue] {
    [AttributeValue(ConvolutionKeys.channels, channels)] + WindowKeys.attributes(sizes)
      + (outputPadding.contains { $0 > 0 }
        ? [AttributeValue(Self.outputPaddingKey, Shape(outputPadding))] : [])
      + (groups > 1 ? [AttributeValue(ConvolutionKeys.groups, groups)] : [])
      + [AttributeValue(ConvolutionKeys.bias, hasBias)]
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let x = operands[0]
    let window = try sizes.window(keyword: keyword, over: x)
    try ConvolutionKeys.check(groups, divides: x, and: channels, for: keyword)
    let axes = x.isSequence ? [window.columns] : [window.rows, window.columns]
    guard outputPadding.count == 1 || outputPadding.count == axes.count else {
      throw ShapeError(
        "conv_transpose's output_padding has \(outputPadding.count) sizes, and \(x) has "
          + "\(axes.count) \(axes.count == 1 ? "axis" : "axes") besides the channels",
        help: "one size stands for all axes")
    }
    var result = [channels]
    for (axis, window) in axes.enumerated() {
      let size = x.dimensions[axis + 1]
      let more = outputPadding[min(axis, outputPadding.count - 1)]
      let open = (size - 1) * window.stride + window.extent + more
      switch sizes.padding {
      case .sameUpper, .sameLower: result.append(size * window.stride)
      case .cells, .same:
        let padding = window.before + window.after
        guard padding < open else {
          throw ShapeError(
            "conv_transpose leaves nothing of \(x): along \(Axis.names(of: x)[axis + 1]) it makes "
              + "\(open), and the padding takes \(padding) off",
            help: "a padding that takes less than \(open) off, or a larger kernel")
        }
        result.append(open - padding)
      }
    }
    return Shape(result)
  }

  /// The convolution that is turned around, from this one's result to its operand.
  func adjoint(of operand: Shape) -> Convolution {
    Convolution(channels: operand.channels, sizes: sizes, groups: groups, hasBias: false)
  }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    guard let result = try? resultShape(of: operands) else { return [] }
    let window = adjoint(of: operands[0]).window(over: result)
    let outputs = channels / groups
    let kernel =
      result.isSequence ? [window.columns.kernel] : [window.rows.kernel, window.columns.kernel]
    let weight = TensorDeclaration(
      .weight, shape: [operands[0].channels, outputs] + kernel,
      start: .weight(
        fanIn: outputs * window.taps, fanOut: operands[0].channels * window.taps, groups: groups))
    return [weight]
      + (hasBias ? [TensorDeclaration(.bias, shape: [channels], start: .around(0))] : [])
  }

  package func multiplyAdds(of operands: [Shape]) -> Int {
    guard let result = try? resultShape(of: operands) else { return 0 }
    return operands[0].elementCount * (channels / groups)
      * adjoint(of: operands[0]).window(over: result).taps
  }

  package var formula: String {
    "y[n, co, stride i + dilation ky - padding, stride j + dilation kx - padding] += "
      + "weight[ci, co, ky, kx] * x[n, ci, i, j]" + (hasBias ? ", plus bias[co]" : "")
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let (x, input, output) = (inputs.operands[0], inputs.shapes[0], inputs.result)
    let (weight, bias) = (inputs.tensors[.weight] ?? [], inputs.tensors[.bias])
    let window = adjoint(of: input).window(over: output)
    let (groupInputs, groupOutputs) = (input.channels / groups, channels / groups)
    var y = (0..<inputs.count * output.elementCount).map { bias?[output.channel(of: $0)] ?? 0 }
    for (index, value) in x.enumerated() {
      let (j, rest) = (index % input.width, index / input.width)
      let (i, channel) = (rest % input.height, rest / input.height)
      let (ci, n) = (channel % input.channels, channel / input.channels)
      for o in 0..<groupOutputs {
        let plane = n * channels + ci / groupInputs * groupOutputs + o
        window.forEachTap(row: i, column: j, in: output) { ky, kx, row, column in
          let tap =
            ((ci * groupOutputs + o) * window.rows.kernel + ky) * window.columns.kernel + kx
          y[(plane * output.height + row) * output.width + column] += weight[tap] * value
        }
      }
    }
    return y
  }
}
