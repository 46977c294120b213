import Exporting
import IR

extension Upsample: ONNXOperation {
  package func addONNX(to layer: inout ONNXLayer) throws -> String {
    let sizes = Array(layer.result.dimensions.dropFirst())
    let from = Array(layer.shapes[0].dimensions.dropFirst())
    let isMultiple = zip(sizes, from).allSatisfy { $0 % $1 == 0 }
    if mode == .nearest, !isMultiple { return gather(from, sizes, to: &layer) }
    let axes = Array(2..<2 + sizes.count)
    return layer.node(
      "Resize", [layer.operands[0], "", "", layer.integers("sizes", sizes)],
      [
        "axes": .integers(axes), "mode": .text(mode == .nearest ? "nearest" : "linear"),
        "coordinate_transformation_mode": .text(
          mode == .nearest ? "asymmetric" : alignsCorners ? "align_corners" : "half_pixel"),
        "nearest_mode": mode == .nearest ? .text("floor") : nil,
      ])
  }

  /// The nearest numbers one by one: a quotient that is rounded may name the one before.
  private func gather(
    _ from: [Int], _ sizes: [Int], to layer: inout ONNXLayer
  ) -> String {
    var x = layer.operands[0]
    for (axis, size) in sizes.enumerated() where size != from[axis] {
      let places = layer.integers(
        "places_\(axis + 2)", (0..<size).map { $0 * from[axis] / size })
      x = layer.node("Gather", [x, places], ["axis": .integer(axis + 2)])
    }
    return x
  }
}

extension Upsample: PyTorchOperation {
  package func addPyTorch(to layer: inout PyTorchLayer) throws -> String {
    Python.call(
      "F.interpolate",
      [
        layer.operands[0], "size=\(Python.tuple(Array(layer.result.dimensions.dropFirst())))",
        mode == .nearest ? nil : "mode=\"\(mode.rawValue)\"",
        alignsCorners ? "align_corners=True" : nil,
      ])
  }
}
