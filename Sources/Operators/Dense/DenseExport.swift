import Exporting
import IR

extension Dense: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    var inputs = [layer.operands[0], try layer.tensor(.weight)]
    if hasBias { inputs.append(try layer.tensor(.bias)) }
    return layer.node("Gemm", inputs, ["transB": .integer(1)])
  }
}

extension Dense: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let module = PyTorchModule(
      Python.call(
        "nn.Linear",
        ["\(layer.shapes[0].channels)", "\(features)", hasBias ? nil : "bias=False"]),
      [.own(.weight)] + (hasBias ? [.own(.bias)] : []))
    return "\(layer.module(module))(\(layer.operands[0]))"
  }
}
