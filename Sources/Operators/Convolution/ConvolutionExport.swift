import Exporting
import IR

extension Convolution: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let window = WindowAxes(window(over: layer.shapes[0]), over: layer.shapes[0])
    var inputs = [layer.operands[0], try layer.tensor(.weight)]
    if hasBias { inputs.append(try layer.tensor(.bias)) }
    return layer.node(
      "Conv", inputs,
      [
        "kernel_shape": .integers(window.kernel),
        "strides": .sizes(window.strides, unless: 1),
        "pads": .sizes(window.before + window.after, unless: 0),
        "dilations": .sizes(window.dilations, unless: 1),
        "group": groups > 1 ? .integer(groups) : nil,
      ])
  }
}

extension Convolution: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let operand = layer.shapes[0]
    let window = WindowAxes(window(over: operand), over: operand)
    let module = ConvolutionModule(
      name: "Conv\(window.axes.count)d", from: operand.channels, to: channels, window,
      padding: window.isSymmetric ? window.before : window.before.map { _ in 0 }, groups: groups,
      hasBias: hasBias)
    let x =
      window.isSymmetric
      ? layer.operands[0]
      : PyTorchLayer.padded(layer.operands[0], before: window.before, after: window.after)
    return "\(layer.module(module.module))(\(x))"
  }
}

/// PyTorch's module of a convolution, turned around or not.
struct ConvolutionModule {
  let module: PyTorchModule

  init(
    name: String, from inputs: Int, to outputs: Int, _ window: WindowAxes, padding: [Int],
    outputPadding: [Int] = [0], groups: Int, hasBias: Bool
  ) {
    func sizes(_ key: String, _ sizes: [Int], unless usual: Int) -> String? {
      sizes.allSatisfy { $0 == usual } ? nil : "\(key)=\(Python.sizes(sizes))"
    }
    module = PyTorchModule(
      Python.call(
        "nn.\(name)",
        [
          "\(inputs)", "\(outputs)", "kernel_size=\(Python.sizes(window.kernel))",
          sizes("stride", window.strides, unless: 1), sizes("padding", padding, unless: 0),
          sizes("output_padding", outputPadding, unless: 0),
          sizes("dilation", window.dilations, unless: 1), groups > 1 ? "groups=\(groups)" : nil,
          hasBias ? nil : "bias=False",
        ]), [.own(.weight)] + (hasBias ? [.own(.bias)] : []))
  }
}
