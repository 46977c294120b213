import IR
import Lowering

// In an evaluation the weight's part of Winograd's products is made once, before all batches.

extension PackedWeights.Packing {
  /// The products of the weight of layer `layer`, as the convolution by them reads them.
  static func of(_ geometry: WinogradGeometry, layer: Int) -> PackedWeights.Packing {
    let plane = geometry.results * geometry.channels + WinogradPass.weightSkew
    return .init(
      weight: TensorID(layer: layer, role: .weight), depth: geometry.channels * 9,
      numbers: geometry.planes * plane, layout: "[\(geometry.planes)][\(plane)]")
  }
}

extension WinogradConvolution {
  package func packing(_ names: CodegenContext, sharing shared: inout SharedFunctions) -> (
    function: String, arguments: [String]
  ) {
    guard let weights else { fatalError("there is no weight to pack") }
    let own = WinogradNames(geometry: geometry, names: names, layer: weights.layer)
    let sizes = own.sizes(self, sharing: &shared)
    shared.define(.pieceOf)
    for part in ["weight", "pack"] { _ = shared.name(WinogradText(part, geometry)) }
    return (shared.name(WinogradText("pack", geometry)), [sizes, pass.tile.pieces])
  }
}
