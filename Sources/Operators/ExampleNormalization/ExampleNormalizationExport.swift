import Exporting
import IR

extension LayerNorm: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let rank = layer.result.dimensions.count
    let shape = checkedGroups(of: layer.result).parameterShape
    let count = shape.reduce(1, *)
    var inputs = [layer.operands[0]]
    let isOfChannels = over == .channels && rank > 1
    if isOfChannels {
      inputs = [layer.node("Transpose", inputs, ["perm": .integers(Self.channelsLast(rank))])]
    }
    if hasGamma {
      inputs += [try layer.tensor(.gamma), try layer.tensor(.beta)]
    } else {
      // It must have a factor.
      inputs.append(
        try layer.floats("ones", [Double](repeating: 1, count: count), shape: shape))
    }
    let y = layer.node(
      "LayerNormalization", inputs, ["axis": .integer(-shape.count), "epsilon": .float(eps)])
    return isOfChannels
      ? layer.node("Transpose", [y], ["perm": .integers(Self.channelsFirst(rank))]) : y
  }

  /// The axes, batch included, with the channels behind the others, of a value of `rank` axes.
  private static func channelsLast(_ rank: Int) -> [Int] { [0] + Array(2...rank) + [1] }

  private static func channelsFirst(_ rank: Int) -> [Int] { [0, rank] + Array(1..<rank) }
}

extension RMSNorm: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let x = layer.operands[0]
    let rank = layer.result.dimensions.count
    let axes =
      switch over {
      case .all: Array(1...rank)
      case .channels: [1]
      case .last(let count): Array(rank - count + 1...rank)
      }
    let squares = layer.node("Mul", [x, x])
    let reduced = layer.integers("axes", axes)
    let mean = layer.node("ReduceMean", [squares, reduced])
    let sum = layer.node("Add", [mean, try layer.number(eps)])
    let y = layer.node("Div", [x, layer.node("Sqrt", [sum])])
    guard hasGamma else { return y }
    let gamma =
      over == .channels
      ? try layer.tensor(.gamma, shape: layer.channelShape) : try layer.tensor(.gamma)
    return layer.node("Mul", [y, gamma])
  }
}

extension GroupNorm: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    // Groups as the channels of a sequence: 0 is the batch as it is, -1 what is left.
    let grouped = layer.integers("groups", [0, groups, -1])
    let ones = try layer.floats("ones", [Double](repeating: 1, count: groups), shape: [groups])
    let zeros = try layer.floats("zeros", [Double](repeating: 0, count: groups), shape: [groups])
    let x = layer.node("Reshape", [layer.operands[0], grouped])
    let hat = layer.node(
      "InstanceNormalization", [x, ones, zeros], ["epsilon": .float(eps)])
    let shape = layer.integers("shape", [0] + layer.result.dimensions)
    let y = layer.node("Reshape", [hat, shape])
    guard affine else { return y }
    let scaled = layer.node("Mul", [y, try layer.tensor(.gamma, shape: layer.channelShape)])
    return layer.node("Add", [scaled, try layer.tensor(.beta, shape: layer.channelShape)])
  }
}

extension InstanceNorm: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let channels = layer.result.channels
    func row(_ role: TensorDeclaration.Role, _ name: String, _ number: Double) throws -> String {
      affine
        ? try layer.tensor(role)
        : try layer.floats(
          name, [Double](repeating: number, count: channels), shape: [channels])
    }
    let inputs = [
      layer.operands[0], try row(.gamma, "ones", 1), try row(.beta, "zeros", 0),
    ]
    return layer.node("InstanceNormalization", inputs, ["epsilon": .float(eps)])
  }
}

extension ExampleNormalization {
  /// Gamma and beta as PyTorch calls them.
  fileprivate var tensors: [PyTorchTensor] {
    (hasGamma ? [.own(.gamma, as: "weight")] : []) + (hasBeta ? [.own(.beta, as: "bias")] : [])
  }

  fileprivate func argument(unless usual: Double? = 1e-5) -> String? {
    eps == usual ? nil : "eps=\(eps)"
  }
}

extension LayerNorm: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let shape = checkedGroups(of: layer.result).parameterShape
    let isOfChannels = over == .channels && layer.result.dimensions.count > 1
    let module = PyTorchModule(
      Python.call(
        isOfChannels ? "ChannelLayerNorm" : "nn.LayerNorm",
        [
          shape.count == 1 ? "\(shape[0])" : Python.tuple(shape), argument(),
          affine ? nil : "elementwise_affine=False",
        ]), tensors)
    let name =
      isOfChannels ? layer.module(module, of: .channelLayerNorm) : layer.module(module)
    return "\(name)(\(layer.operands[0]))"
  }
}

extension RMSNorm: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let shape = checkedGroups(of: layer.result).parameterShape
    let isOfChannels = over == .channels && layer.result.dimensions.count > 1
    let module = PyTorchModule(
      Python.call(
        isOfChannels ? "ChannelRMSNorm" : "nn.RMSNorm",
        [
          // Left out, eps is that of the type of number.
          shape.count == 1 ? "\(shape[0])" : Python.tuple(shape), argument(unless: nil),
          affine ? nil : "elementwise_affine=False",
        ]), tensors)
    let name = isOfChannels ? layer.module(module, of: .channelRMSNorm) : layer.module(module)
    return "\(name)(\(layer.operands[0]))"
  }
}

extension GroupNorm: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let module = PyTorchModule(
      Python.call(
        "nn.GroupNorm",
        ["\(groups)", "\(layer.result.channels)", argument(), affine ? nil : "affine=False"]),
      tensors)
    return "\(layer.module(module))(\(layer.operands[0]))"
  }
}

extension InstanceNorm: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let module = PyTorchModule(
      Python.call(
        "nn.InstanceNorm\(layer.result.dimensions.count - 1)d",
        ["\(layer.result.channels)", argument(), affine ? "affine=True" : nil]), tensors)
    return "\(layer.module(module))(\(layer.operands[0]))"
  }
}

extension PyTorchClass {
  fileprivate static let channelLayerNorm = ofChannels(
    "ChannelLayerNorm", of: "LayerNorm", "A layer norm over each place's channels.")
  fileprivate static let channelRMSNorm = ofChannels(
    "ChannelRMSNorm", of: "RMSNorm", "An RMS norm over each place's channels.")

  private static func ofChannels(_ name: String, of base: String, _ summary: String) -> Self {
    PyTorchClass(
      name,
      """
      class \(name)(nn.\(base)):
          \"""\(summary)\"""

          def forward(self, x):
              return super().forward(x.movedim(1, -1)).movedim(-1, 1)
      """)
  }
}
