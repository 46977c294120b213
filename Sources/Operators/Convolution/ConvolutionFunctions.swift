import IR
import Lowering

// The C that convolutions share. Names that are empty here, `SharedFunctions` gives.

extension SharedText {
  /// What rows add to a tile of the weight's gradient.
  static let convolutionWeightGradientRows = SharedText(
    "convolution_weight_gradient_rows",
    template: "Convolution/weight_gradient_rows.c.mustache")

  /// Which tiles of a row reach over its edges.
  static let edges = SharedText("left_edge", template: "Convolution/edges.c.mustache")
}

/// `struct convolution`, or `struct channel_convolution`, which says how far positions lie apart too.
struct ConvolutionType: SharedFunction {
  var template: String { "Convolution/convolution.c.mustache" }
  var stem: String { channels ? "channel_convolution" : "convolution" }
  var name = ""
  /// Whether its gradients are explained too.
  let trains: Bool
  /// Whether channels are in the lanes.
  var channels = false
}

struct ConvolutionForwardTile: SharedFunction {
  let template, stem: String
  var name = ""
  let bias, slope, second, sums, unrollsRows: Bool
  let value: String
}

struct ConvolutionForwardSpan: SharedFunction {
  var template: String { "Convolution/forward_span.c.mustache" }
  let stem: String
  var name = ""
  let bias, slope, second, sums: Bool
  let tile: String
}

struct ConvolutionForwardRows: SharedFunction {
  var template: String { "Convolution/forward_rows.c.mustache" }
  let stem: String
  var name = ""
  let bias, slope, second, sums: Bool
  let span: String
}

struct ConvolutionForwardTask: SharedFunction {
  let template, stem: String
  var name = ""
  let bias, slope, slopes, second, sums, partial: Bool
  let rows: String
}

struct ConvolutionInputGradientTile: SharedFunction {
  let template, stem: String
  var name = ""
  let unrollsRows, bias, slope, choice: Bool
  let saved: [String]
  let sums: Bool
  let value: String
}

struct ConvolutionInputGradientSpan: SharedFunction {
  var template: String { "Convolution/input_gradient_span.c.mustache" }
  let stem: String
  var name = ""
  let bias, slope: Bool
  let saved: [String]
  let choice, sums: Bool
  let tile: String
}

struct ConvolutionInputGradientRows: SharedFunction {
  var template: String { "Convolution/input_gradient_rows.c.mustache" }
  let stem: String
  var name = ""
  let bias, slope: Bool
  let saved: [String]
  let choice, sums: Bool
  let span: String
}

struct ConvolutionInputGradientTask: SharedFunction {
  let template, stem: String
  var name = ""
  let bias, slope, slopes: Bool
  let saved: [String]
  let choice, sums: Bool
  let rows: String
}

struct ConvolutionWeightGradientTile: SharedFunction {
  var template: String { "Convolution/weight_gradient_tile.c.mustache" }
  var stem: String { "convolution_weight_gradient_tile" }
  var name = ""
  let update, isPart: Bool
  let addRows, target, store: String
}

struct ConvolutionWeightGradientTaps: SharedFunction {
  var template: String { "Convolution/weight_gradient_taps.c.mustache" }
  var stem: String { "convolution_weight_gradient_taps" }
  var name = ""
  let isPart: Bool
  let tile, target: String
}

struct ConvolutionWeightGradientTask: SharedFunction {
  var template: String { "Convolution/weight_gradient_task.c.mustache" }
  var stem: String { "convolution_weight_gradient" }
  var name = ""
  let isPart: Bool
  let row, target: String
}

struct ConvolutionWeightGradientBand: SharedFunction {
  var template: String { "Convolution/weight_gradient_band.c.mustache" }
  var stem: String { "convolution_weight_gradient_band" }
  var name = ""
  let addRows: String
}

struct ConvolutionWeightGradientGroup: SharedFunction {
  var template: String { "Convolution/weight_gradient_group.c.mustache" }
  var stem: String { "convolution_weight_gradient_group" }
  var name = ""
  let isPart: Bool
  let groupOutputs, groupInputs, kernel, sums: Int
  let band, target, store: String
}
