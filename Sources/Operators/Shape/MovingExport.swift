import Exporting
import IR

// What moves numbers and computes none.

extension Transpose: ONNXOperation, PyTorchOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let order = try order(in: layer.shapes[0]).map { $0 + 1 }
    return layer.node("Transpose", [layer.operands[0]], ["perm": .integers([0] + order)])
  }

  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let order = try order(in: layer.shapes[0]).map { "\($0 + 1)" }
    return Python.call("\(layer.operands[0]).permute", ["0"] + order)
  }
}

extension Slice: ONNXOperation, PyTorchOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    try range(of: layer.shapes[0]).addONNX(to: &layer)
  }

  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    try range(of: layer.shapes[0]).python(of: layer)
  }
}

extension Part: ONNXOperation, PyTorchOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    try range(of: layer.shapes[0]).addONNX(to: &layer)
  }

  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    try range(of: layer.shapes[0]).python(of: layer)
  }
}

extension AxisRange {
  /// The place behind the last one that is taken.
  private var end: Int { start + (count - 1) * step + 1 }

  fileprivate func addONNX(to layer: inout ONNXLayer) -> String {
    layer.node(
      "Slice",
      [
        layer.operands[0], layer.integers("starts", [start]), layer.integers("ends", [end]),
        layer.integers("axes", [axis + 1]), layer.integers("steps", [step]),
      ])
  }

  fileprivate func python(of layer: PyTorchLayer) -> String {
    let before = (0...axis).map { _ in ":, " }.joined()
    return "\(layer.operands[0])[\(before)\(start):\(end)\(step == 1 ? "" : ":\(step)")]"
  }
}

extension Concat: ONNXOperation, PyTorchOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let axis = try axis.index(in: layer.result, for: keyword)
    return layer.node("Concat", layer.operands, ["axis": .integer(axis + 1)])
  }

  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    let axis = try axis.index(in: layer.result, for: keyword)
    return Python.call(
      "torch.cat", ["(\(layer.operands.joined(separator: ", ")))", "dim=\(axis + 1)"])
  }
}

extension Pad: ONNXOperation, PyTorchOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let margins = try margins(of: layer.shapes[0])
    let pads = layer.integers("pads", [0] + margins.before + [0] + margins.after)
    var inputs = [layer.operands[0], pads]
    if mode == .constant, value != 0 { inputs.append(try layer.number(value)) }
    return layer.node(
      "Pad", inputs, ["mode": mode == .constant ? nil : .text(mode.rawValue)])
  }

  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    var (before, after) = try margins(of: layer.shapes[0])
    let rank = layer.shapes[0].dimensions.count
    let padsChannels = before[0] + after[0] > 0
    if rank > 1, !padsChannels {
      before.removeFirst()
      after.removeFirst()
    }
    guard mode != .constant else {
      return PyTorchLayer.padded(
        layer.operands[0], before: before, after: after, value == 0 ? nil : "value=\(value)")
    }
    guard before.count <= 3 else {
      throw ExportError(
        "PyTorch pads three axes at most with numbers of the value itself, and this is four",
        help: "two layers of 'pad' do it, one of them of the channels alone")
    }
    return PyTorchLayer.padded(
      layer.operands[0], before: before, after: after,
      "mode=\"\(mode == .edge ? "replicate" : "reflect")\"")
  }
}
