import Exporting
import IR

extension Softmax: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let index = try axis.index(in: layer.result, for: keyword)
    return layer.node(
      isLogarithm ? "LogSoftmax" : "Softmax", [layer.operands[0]], ["axis": .integer(index + 1)])
  }
}

extension Softmax: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let index = try axis.index(in: layer.result, for: keyword)
    return "F.\(isLogarithm ? "log_softmax" : "softmax")(\(layer.operands[0]), dim=\(index + 1))"
  }
}
