import IR

/// A member of `struct prepared`, counted in vectors.
package struct PreparedContext: Sendable {
  let member, layout: String
  let count: Int
}

/// One factor and offset that is folded in, as C.
struct StepContext: Sendable {
  let layer, factor, shift: String
}

/// What fills in the function that packs a kernel's weight, or makes its factors and offsets.
package struct PackedWeightsContext: TemplateContext {
  package var template: String { "Inference/prepare.c.mustache" }
  package let name: String
  let layers, source, dimensions, member: String
  let folds, bias, weight: String?
  let weightLayout, biasLayout, depth, tileStart, tileSize: String
  let usesParameters, usesState: Bool
  let steps: [StepContext]
  let statements: [String]

  package init(_ packed: PackedWeights, names: Naming) {
    let lanes = names.plan.lanes
    let vectors = packed.vectors
    name = names.function(packed.name)
    let folded = packed.members.filter { layer in
      packed.steps.contains { $0.layer == layer }
    }
    let own = names.layer(packed.layer)
    layers = folded.contains(packed.layer) ? names.layers(folded) : own
    source = names.line(of: packed.layer)
    member = own
    let others = folded.filter { $0 != packed.layer }.map(names.layer)
    folds = others.isEmpty ? nil : others.joined(separator: " and ")
    bias = packed.bias.map(names.member)
    weight = packed.packing.map { names.member($0.weight) }
    biasLayout = "[\(vectors)][\(lanes)]"
    let sizes = [("OUT", packed.channels), ("V", vectors)]
    let packing = packed.packing
    dimensions = CText.dimensions(sizes + (packing?.dimensions.map { ($0.name, $0.size) } ?? []))
    depth = packing.map { "\($0.depth)" } ?? ""
    weightLayout = packing?.weightLayout(lanes: lanes) ?? ""
    tileStart = packing?.tiles.pieceStart(of: "v") ?? ""
    tileSize = packing?.tiles.pieceSize(of: "v") ?? ""
    statements = packing?.statements ?? []
    steps = packed.steps.map { StepContext($0, names: names) }
    usesParameters =
      weight != nil || bias != nil || packed.steps.contains { $0.hasGamma || $0.hasBeta }
    usesState = packed.steps.contains { $0.normalization != nil }
  }
}

extension PackedWeights {
  /// The members of `struct prepared` that it makes.
  package func members(_ names: Naming) -> [PreparedContext] {
    let lanes = names.plan.lanes
    let row = "[\(vectors)][\(lanes)]"
    let made =
      packing.map { [("weight", $0.weightLayout(lanes: lanes), $0.depth), ("bias", row, 1)] }
      ?? [("scale", row, 1), ("shift", row, 1)]
    return made.map {
      PreparedContext(
        member: "\(names.layer(layer))_\($0.0)", layout: $0.1, count: vectors * $0.2)
    }
  }
}

extension PackedWeights.Packing {
  /// `[3 tiles][5][5][20][3 or 2][8]`
  func weightLayout(lanes: Int) -> String {
    "[\(tiles.tilesText)]\(layout)[\(tiles.sizeText)][\(lanes)]"
  }
}

extension StepContext {
  fileprivate init(_ step: ChannelAffineStep, names: Naming) {
    func member(_ role: TensorDeclaration.Role) -> String {
      names.member(TensorID(layer: step.layer, role: role)) + "[o]"
    }
    layer = names.layer(step.layer)
    let gamma = step.hasGamma ? "p->\(member(.gamma))" : "1"
    let beta = step.hasBeta ? " + p->\(member(.beta))" : ""
    guard let norm = step.normalization else {
      factor = gamma
      shift = "shift * factor\(beta)"
      return
    }
    let variance = "t->\(member(.runningVariance))"
    let eps = CText.real(norm.eps)
    factor =
      switch norm.epsPlace {
      case .variance: "\(gamma) / SQRT(\(variance) + \(eps))"
      case .deviation: "\(gamma) / (SQRT(\(variance)) + \(eps))"
      }
    shift = "(shift - t->\(member(.runningMean))) * factor\(beta)"
  }
}

extension Cut {
  fileprivate var tilesText: String { count == 1 ? "1 tile" : "\(count) tiles" }
}
