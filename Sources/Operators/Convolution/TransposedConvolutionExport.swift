import Exporting
import IR

/// The window of a transposed convolution, and what its result has beyond what others make of it.
private struct TransposedWindow {
  let window: WindowAxes
  /// Numbers behind the result that no window reaches.
  let outputPadding: [Int]

  init(_ convolution: TransposedConvolution, from operand: Shape, to result: Shape) {
    let window = WindowAxes(convolution.adjoint(of: operand).window(over: result), over: result)
    self.window = window
    outputPadding = window.axes.indices.map { axis in
      let one = window.axes[axis]
      let reach = (operand.dimensions[axis + 1] - 1) * one.stride + one.extent
      return result.dimensions[axis + 1] - (reach - one.before - one.after)
    }
  }
}

extension TransposedConvolution: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let whole = TransposedWindow(self, from: layer.shapes[0], to: layer.result)
    let window = whole.window
    var inputs = [layer.operands[0], try layer.tensor(.weight)]
    if hasBias { inputs.append(try layer.tensor(.bias)) }
    return layer.node(
      "ConvTranspose", inputs,
      [
        "kernel_shape": .integers(window.kernel),
        "strides": .sizes(window.strides, unless: 1),
        "pads": .sizes(window.before + window.after, unless: 0),
        "output_padding": .sizes(whole.outputPadding, unless: 0),
        "dilations": .sizes(window.dilations, unless: 1),
        "group": groups > 1 ? .integer(groups) : nil,
      ])
  }
}

extension TransposedConvolution: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let whole = TransposedWindow(self, from: layer.shapes[0], to: layer.result)
    let window = whole.window
    let isWhole = window.isSymmetric
    let module = ConvolutionModule(
      name: "ConvTranspose\(window.axes.count)d", from: layer.shapes[0].channels, to: channels,
      window, padding: isWhole ? window.before : window.before.map { _ in 0 },
      outputPadding: whole.outputPadding, groups: groups, hasBias: hasBias)
    let y = "\(layer.module(module.module))(\(layer.operands[0]))"
    if isWhole { return y }
    // PyTorch takes as much away before as behind.
    let kept = zip(window.before, layer.result.dimensions.dropFirst()).map { "\($0):\($0 + $1)" }
    return "\(y)[:, :, \(kept.joined(separator: ", "))]"
  }
}
