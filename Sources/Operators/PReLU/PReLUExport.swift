import Exporting
import IR

extension PReLU: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let slope =
      slopes == .one
      ? try layer.tensor(.slope) : try layer.tensor(.slope, shape: layer.channelShape)
    return layer.node("PRelu", [layer.operands[0], slope])
  }
}

extension PReLU: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let module = PyTorchModule(
      Python.call(
        "nn.PReLU",
        [
          slopes == .one ? nil : "\(layer.result.channels)",
          start == 0.25 ? nil : "init=\(start)",
        ]), [.own(.slope, as: "weight")])
    return "\(layer.module(module))(\(layer.operands[0]))"
  }
}
