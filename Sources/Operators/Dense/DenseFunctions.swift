import IR
import Lowering

// The C that dense layers share. Names that are empty here, `SharedFunctions` gives.

extension SharedText {
  /// `struct dense`.
  static let dense = SharedText("dense", template: "Dense/dense.c.mustache")
}

extension SharedFunctions {
  /// A dense layer's sizes as C, defined where they are not yet.
  mutating func denseSizes(_ layer: Int, inputs: Int, outputs: Int, _ names: CodegenContext)
    -> String
  {
    define(.pieces)
    define(.dense)
    _ = name(TileSize(names))
    return name(
      SharedSizes("dense", of: layer, names: names, [("IN", inputs), ("OUT", outputs)]))
  }
}

struct DenseForwardTile: SharedFunction {
  var template: String { "Dense/forward_tile.c.mustache" }
  let stem: String
  var name = ""
  let isPart, bias, slope, sums: Bool
  let value: String
}

struct DenseForwardTask: SharedFunction {
  var template: String { "Dense/forward_task.c.mustache" }
  let stem: String
  var name = ""
  let isPart, bias, slope, slopes, sums, partial: Bool
  let tile: String
}

struct DenseInputGradientTask: SharedFunction {
  var template: String { "Dense/input_gradient_task.c.mustache" }
  let stem: String
  var name = ""
  let saved: [String]
  let tile: String
}

struct DenseRowsTask: SharedFunction {
  var template: String { "Dense/rows_task.c.mustache" }
  var stem: String { "load_rows" }
  var name = ""
  let severalLanes: Bool
}

struct DenseInputGradientTile: SharedFunction {
  var template: String { "Dense/input_gradient_tile.c.mustache" }
  let stem: String
  var name = ""
  let saved: [String]
  /// What becomes of `v`, once all outputs have been summed up; nil where nothing does.
  let value: String?
}

struct DenseInputGradientProductTask: SharedFunction {
  var template: String { "Dense/input_gradient_product_task.c.mustache" }
  let stem: String
  var name = ""
  let saved: [String]
  /// What becomes of `v`; nil where nothing does.
  let value: String?
}

struct DenseWeightGradientTile: SharedFunction {
  var template: String { "Dense/weight_gradient_tile.c.mustache" }
  var stem: String { "dense_weight_gradient_tile" }
  var name = ""
  let target, store: String
}

struct DenseWeightGradientInputs: SharedFunction {
  var template: String { "Dense/weight_gradient_inputs.c.mustache" }
  var stem: String { "dense_weight_gradient_inputs" }
  var name = ""
  let tile, target: String
}

struct DenseWeightGradientTask: SharedFunction {
  var template: String { "Dense/weight_gradient_task.c.mustache" }
  var stem: String { "dense_weight_gradient" }
  var name = ""
  let inputs, target: String
}

struct BiasGradientTask: SharedFunction {
  var template: String { "Dense/bias_gradient_task.c.mustache" }
  var stem: String { "bias_gradient" }
  var name = ""
  let target, store: String
}
