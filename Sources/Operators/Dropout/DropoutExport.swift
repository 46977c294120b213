import Exporting
import IR

// In ONNX it is nothing, for that is what it does in evaluation.
extension Dropout: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    // Of a vector PyTorch's Dropout1d takes an example for a channel.
    let axes = layer.shapes[0].dimensions.count - 1
    let name = dropsChannels && axes > 0 ? "Dropout\(axes)d" : "Dropout"
    return "\(layer.module(PyTorchModule("nn.\(name)(\(rate))")))(\(layer.operands[0]))"
  }
}
