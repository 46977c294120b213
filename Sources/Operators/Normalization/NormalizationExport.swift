import Diagnostics
import Exporting
import IR

extension BatchNorm: ONNXOperation, PyTorchOperation {}
extension Normalize: ONNXOperation, PyTorchOperation {}
extension ScaleShift: ONNXOperation, PyTorchOperation {}
extension InputNormalization: ONNXOperation, PyTorchOperation {}

extension ChannelAffineOperation where Self: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    guard let norm = affine.normalization else { return try addScaleShift(to: &layer) }
    let channels = [layer.result.channels]
    func row(_ role: TensorDeclaration.Role, if takesPart: Bool, else number: Double) throws
      -> String
    {
      if takesPart { return try layer.tensor(role) }
      let numbers = [Double](repeating: number, count: channels[0])
      return try layer.floats(number == 1 ? "ones" : "zeros", numbers, shape: channels)
    }
    let gamma = try row(.gamma, if: affine.hasGamma, else: 1)
    let beta = try row(.beta, if: affine.hasBeta, else: 0)
    let mean = try layer.tensor(.runningMean)
    var (variance, eps) = ("", norm.eps)
    switch norm.epsPlace {
    case .variance: variance = try layer.tensor(.runningVariance)
    case .deviation:
      // Its root plus eps is what it is divided by.
      let squares = (try layer.numbers(.runningVariance) ?? []).map {
        ($0.squareRoot() + norm.eps) * ($0.squareRoot() + norm.eps)
      }
      variance = try layer.floats("squared_deviation", squares, shape: channels)
      eps = 0
    }
    return layer.node(
      "BatchNormalization", [layer.operands[0], gamma, beta, mean, variance],
      ["epsilon": .float(eps)])
  }

  private func addScaleShift(to layer: inout ONNXLayer) throws -> String {
    var y = layer.operands[0]
    let shape = layer.channelShape
    if affine.hasGamma { y = layer.node("Mul", [y, try layer.tensor(.gamma, shape: shape)]) }
    if affine.hasBeta { y = layer.node("Add", [y, try layer.tensor(.beta, shape: shape)]) }
    return y
  }
}

extension ChannelAffineOperation where Self: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let channels = layer.result.channels
    guard let norm = affine.normalization else {
      let module = PyTorchModule(
        "ScaleShift(\(channels))", [.own(.gamma, as: "weight"), .own(.beta, as: "bias")])
      return "\(layer.module(module, of: .scaleShift))(\(layer.operands[0]))"
    }
    guard norm.epsPlace == .variance else {
      throw ExportError(
        "PyTorch's batch norm adds eps to the variance, and this one to the deviation",
        help: "'eps_on: variance' is PyTorch's")
    }
    let hasAffine = affine.hasGamma || affine.hasBeta
    let axes = max(layer.result.dimensions.count - 1, 1)
    // PyTorch's momentum is the weight of the new value.
    let momentum = shortest(1 - norm.momentum, digits: 12)
    var module = PyTorchModule(
      Python.call(
        "nn.BatchNorm\(layer.result.dimensions.count == 2 ? 1 : axes)d",
        [
          "\(channels)", norm.eps == 1e-5 ? nil : "eps=\(norm.eps)",
          momentum == "0.1" ? nil : "momentum=\(momentum)", hasAffine ? nil : "affine=False",
        ]))
    if hasAffine {
      module.tensors = [
        affine.hasGamma ? .own(.gamma, as: "weight") : .init("weight", .ones(channels)),
        .own(.beta, as: "bias"),
      ]
    }
    module.tensors += [
      .own(.runningMean), .own(.runningVariance, as: "running_var"),
      .init("num_batches_tracked", .batchCount),
    ]
    module.evaluatesAlways = norm.statistics == .running
    if norm.statistics == .batch, norm.runningVariance == .biased || norm.start == .firstBatch {
      module.note =
        "Trained on here, running variances collect unbiased ones, and statistics start at 0 and 1."
    }
    return "\(layer.module(module))(\(layer.operands[0]))"
  }
}

extension PyTorchClass {
  /// A factor and an offset for each channel.
  static let scaleShift = PyTorchClass(
    "ScaleShift",
    """
    class ScaleShift(nn.Module):
        \"""A factor and an offset for each channel.\"""

        def __init__(self, channels):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(channels))
            self.bias = nn.Parameter(torch.zeros(channels))

        def forward(self, x):
            shape = (-1,) + (1,) * (x.dim() - 2)
            return x * self.weight.view(shape) + self.bias.view(shape)
    """)
}
