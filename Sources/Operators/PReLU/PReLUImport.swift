import IR
import Importing

extension ImportRule {
  static let parametricReLU = ImportRule.one("PRelu") { node, network in
    let slope = try network.tensor(node, 1)
    let view = try network.padded(network.view(node))
    let keyword = PReLU.definition.signature.keyword
    if slope.count == 1 {
      return view.with(
        try network.layer(keyword, [.value(view.id)], [], [.slope: slope.reshaped([1])]))
    }
    // Before version 7 the slopes are the channels', wherever these are.
    let lead = network.opset < 7 ? 0 : view.axes.count - slope.shape.count
    let long = slope.shape.indices.filter { slope.shape[$0] > 1 }
    guard long.count == 1, long[0] + lead >= 0 else {
      throw ImportError(
        "its slopes are \(slope.shape), and the language has one, or one a channel")
    }
    let x = try network.leading(view, long[0] + lead)
    return x.with(
      try network.layer(
        keyword, [.value(x.id)], [.key("slopes", .word("channels"))],
        [.slope: slope.reshaped([slope.count])]))
  }
}
