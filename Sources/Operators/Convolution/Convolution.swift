import IR

/// Cross-correlation of an image, or of a sequence, with learned windows: `conv(20, kernel: 3,
/// stride: 1, padding: 0, dilation: 1, groups: 1, bias: true)`.
///
///     y[n, co, i, j] = bias[co] + sum over ci, ky, kx of weight[co, ci, ky, kx]
///                      * x[n, ci, i*stride + ky*dilation - padding, j*stride + kx*dilation - padding]
///
/// Shapes: x `[channels, height, width]`, weight `[co, ci, kernel, kernel]`, bias `[co]`; of a
/// sequence `[channels, length]` the weight is `[co, ci, kernel]`, as PyTorch's Conv1d has it. With
/// groups, output channels see only the input channels of their own group: ci counts those.
/// The gradients are the same sum solved for its other two factors; what lies in the padding counts
/// for nothing.
package struct Convolution: WindowedOperation, ProductOperation {
  package static let definition = Definition<any Operation>(
    "conv", "each output channel is the image under a learned window",
    positional: [ConvolutionKeys.channels.parameter],
    keyed: [
      WindowKeys.kernel.parameter, WindowKeys.stride.parameter, WindowKeys.padding.parameter,
      paddingModeKey.parameter, WindowKeys.dilation.parameter, ConvolutionKeys.groups.parameter,
      ConvolutionKeys.bias.parameter, exactKey.parameter,
    ]
  ) { arguments throws(ArgumentError) in
    let values = try ConvolutionKeys.values(arguments, mayMissTheImage: true)
    return Convolution(
      channels: values.channels, sizes: values.sizes,
      paddingMode: try arguments.value(paddingModeKey), groups: values.groups,
      hasBias: values.hasBias, isExact: try arguments.value(exactKey))
  }

  private static let paddingModeKey = Key<PaddingMode>.choice(
    "padding_mode", default: .zeros,
    "what lies in the padding: zeros, or, as a pad before it makes, the image mirrored or its edge")

  private static let exactKey = Key.flag(
    "exact", default: false,
    "every product of the formula is taken; else 3 x 3 taps of stride 1 may take fewer, by Winograd's "
      + "transforms, where that is faster")

  /// What lies in the padding, in PyTorch's words.
  package enum PaddingMode: String, CaseIterable, Sendable {
    case zeros, reflect, replicate
  }

  package let keyword = "conv"
  /// Output channels.
  package var channels: Int
  package var sizes: WindowSizes
  /// What lies in the padding.
  package var paddingMode: PaddingMode
  /// Groups of channels that know nothing of each other.
  package var groups: Int
  /// Whether each output channel has a learned offset.
  package var hasBias: Bool
  /// Whether every product of the formula is taken.
  package var isExact: Bool

  /// A convolution to `channels` output channels.
  package init(
    channels: Int, sizes: WindowSizes, paddingMode: PaddingMode = .zeros, groups: Int = 1,
    hasBias: Bool = true, isExact: Bool = false
  ) {
    self.channels = channels
    self.sizes = sizes
    self.paddingMode = paddingMode
    self.groups = groups
    self.hasBias = hasBias
    self.isExact = isExact
  }

  package var readsSingleNumbers: Bool { groups == 1 }

  package var attributes: [AttributeValue] {
    [AttributeValue(ConvolutionKeys.channels, channels)] + WindowKeys.attributes(sizes)
      + (groups > 1 ? [AttributeValue(ConvolutionKeys.groups, groups)] : [])
      + [AttributeValue(ConvolutionKeys.bias, hasBias)]
      + (isExact ? [AttributeValue(Self.exactKey, isExact)] : [])
  }

  package func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape {
    let counts = try windows(over: operands[0])
    try ConvolutionKeys.check(groups, divides: operands[0], and: channels, for: keyword)
    return Shape([channels] + counts)
  }

  package func parameters(of operands: [Shape]) -> [TensorDeclaration] {
    let window = window(over: operands[0])
    let inputs = operands[0].channels / groups
    let kernel =
      operands[0].isSequence
      ? [window.columns.kernel] : [window.rows.kernel, window.columns.kernel]
    let weight = TensorDeclaration(
      .weight, shape: [channels, inputs] + kernel,
      start: .weight(
        fanIn: inputs * window.taps, fanOut: channels * window.taps, groups: groups))
    return [weight]
      + (hasBias ? [TensorDeclaration(.bias, shape: [channels], start: .around(0))] : [])
  }

  package func multiplyAdds(of operands: [Shape]) -> Int {
    let window = window(over: operands[0])
    let windows =
      window.rows.count(in: operands[0].height) * window.columns.count(in: operands[0].width)
    return channels * (operands[0].channels / groups) * window.taps * windows
  }

  package var formula: String {
    func position(_ axis: String, _ tap: String, _ index: Int) -> String {
      func of(_ sizes: [Int]) -> Int { sizes[min(index, sizes.count - 1)] }
      let (stride, dilation) = (of(sizes.stride ?? sizes.kernel), of(sizes.dilation))
      let shift: String
      switch sizes.padding {
      case .cells(let cells):
        let before = cells.count == 4 ? cells[2 * index] : of(cells)
        shift = before == 0 ? "" : " - \(before)"
      case .same:
        let half = (of(sizes.kernel) - 1) * dilation / 2
        shift = half == 0 ? "" : " - \(half)"
      case .sameUpper, .sameLower: shift = " - padding"
      }
      return (stride == 1 ? axis : "\(stride) \(axis)") + " + "
        + (dilation == 1 ? tap : "\(dilation) \(tap)") + shift
    }
    return "y[n, co, i, j] = " + (hasBias ? "bias[co] + " : "")
      + "sum over \(groups > 1 ? "the group's " : "")ci, ky, kx of weight[co, ci, ky, kx] "
      + "* x[n, ci, \(position("i", "ky", 0)), \(position("j", "kx", 1))]"
  }

  package func reference(_ inputs: ReferenceInputs) -> [Double] {
    let (x, input, output) = (inputs.operands[0], inputs.shapes[0], inputs.result)
    let (weight, bias) = (inputs.tensors[.weight] ?? [], inputs.tensors[.bias])
    let window = window(over: input)
    let (groupInputs, groupOutputs) = (input.channels / groups, channels / groups)
    let kernel = (rows: window.rows.kernel, columns: window.columns.kernel)
    var y: [Double] = []
    for n in 0..<inputs.count {
      for co in 0..<channels {
        for i in 0..<output.height {
          for j in 0..<output.width {
            var sum = bias?[co] ?? 0
            for ci in 0..<groupInputs {
              let channel = n * input.channels + co / groupOutputs * groupInputs + ci
              window.forEachTap(row: i, column: j, in: input) { ky, kx, row, column in
                let tap = ((co * groupInputs + ci) * kernel.rows + ky) * kernel.columns + kx
                sum += weight[tap] * x[(channel * input.height + row) * input.width + column]
              }
            }
            y.append(sum)
          }
        }
      }
    }
    return y
  }
}
