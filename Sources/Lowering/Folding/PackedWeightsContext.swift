import IR

/// A member of `struct prepared`, counted in what it is made of.
package struct PreparedContext: Sendable {
  let type, member, layout: String
  let count: Int
}

/// One factor and offset that is folded in, as C.
struct StepContext: Sendable {
  let factor, mean, beta: String
}

/// What fills in the function that packs a kernel's weight, or makes its factors and offsets.
package struct PackedWeightsContext: TemplateContext {
  package let template: String
  package let name: String
  let layers, source, member: String
  /// Where the number of output `o` is.
  let place: String
  let folds, bias, pack, slope: String?
  let channels, end: Int
  let usesParameters, usesState, padded, isPlain: Bool
  let steps: [StepContext]

  package init(
    _ packed: PackedWeights, of kernel: Kernel, names: CodegenContext,
    sharing shared: inout SharedFunctions
  ) {
    name = names.function(packed.name)
    let folded = packed.members.filter { layer in packed.steps.contains { $0.layer == layer } }
    member = names.layer(packed.layer)
    layers = folded.contains(packed.layer) ? names.layers(folded) : member
    source = names.line(of: packed.layer)
    let others = folded.filter { $0 != packed.layer }.map(names.layer)
    folds = others.isEmpty ? nil : others.joined(separator: " and ")
    bias = packed.bias.map(names.member)
    channels = packed.channels
    end = packed.isPlain ? channels : packed.vectors * names.plan.lanes
    place = packed.isPlain ? "[o]" : "[o / LANES][o % LANES]"
    padded = end > channels
    template = "Folding/\(packed.isSlopes ? "slopes" : "weights").c.mustache"
    slope = packed.slope.map { slope in
      let number = "p->\(names.member(slope.tensor))[\(slope.isPerChannel ? "o" : "0")]"
      return packed.channels < packed.vectors * names.plan.lanes
        ? "o < \(packed.channels) ? \(number) : 0" : number
    }
    isPlain = packed.isPlain
    shared.define(.affine)
    if !packed.steps.isEmpty { shared.define(.folded) }
    if let packing = packed.packing, let spec = kernel.spec as? any PackingSpec {
      let (function, arguments) = spec.packing(names, sharing: &shared)
      pack = CText.call(
        function,
        arguments + [
          "o", "p->\(names.member(packing.weight))", "a.scale", "r->\(member)_weight",
        ])
    } else {
      pack = nil
    }
    steps = packed.steps.map { StepContext($0, names: names) }
    usesParameters =
      pack != nil || bias != nil || slope != nil
      || packed.steps.contains { $0.hasGamma || $0.hasBeta }
    usesState = packed.steps.contains { $0.normalization != nil }
  }
}

extension PackedWeights {
  /// The members of `struct prepared` that it makes.
  package func members(_ names: CodegenContext) -> [PreparedContext] {
    if isPlain { return plainMembers(names) }
    let lanes = names.plan.lanes
    let row = "[\(vectors)][\(lanes)]"
    let made =
      packing.map { [("weight", $0.weightLayout(lanes: lanes), $0.depth), ("bias", row, 1)] }
      ?? (isSlopes ? [] : [("scale", row, 1), ("shift", row, 1)])
    return (made + (slope == nil ? [] : [("slope", row, 1)])).map {
      PreparedContext(
        type: "vec", member: "\(names.layer(layer))_\($0.0)", layout: $0.1, count: vectors * $0.2)
    }
  }

  private func plainMembers(_ names: CodegenContext) -> [PreparedContext] {
    let row = "[\(channels)]"
    let made =
      packing.map { [("weight", $0.layout, $0.plainNumbers), ("bias", row, channels)] }
      ?? [("scale", row, channels), ("shift", row, channels)]
    return made.map {
      PreparedContext(
        type: "real", member: "\(names.layer(layer))_\($0.0)", layout: $0.1, count: $0.2)
    }
  }
}

extension PackedWeights.Packing {
  /// `[3 tiles][5][5][20][3 or 2][8]`
  package func weightLayout(lanes: Int) -> String {
    "[\(tiles.tilesText)]\(layout)[\(tiles.sizeText)][\(lanes)]"
  }
}

extension StepContext {
  fileprivate init(_ step: ChannelAffineStep, names: CodegenContext) {
    func member(_ role: TensorDeclaration.Role) -> String {
      names.member(TensorID(layer: step.layer, role: role)) + "[o]"
    }
    let gamma = step.hasGamma ? "p->\(member(.gamma))" : "1"
    beta = step.hasBeta ? "p->\(member(.beta))" : "0"
    guard let norm = step.normalization else {
      (factor, mean) = (gamma, "0")
      return
    }
    mean = "t->\(member(.runningMean))"
    let variance = "t->\(member(.runningVariance))"
    let eps = CText.real(norm.eps)
    factor =
      switch norm.epsPlace {
      case .variance: "\(gamma) / SQRT(\(variance) + \(eps))"
      case .deviation: "\(gamma) / (SQRT(\(variance)) + \(eps))"
      }
  }
}

extension Partition {
  fileprivate var tilesText: String { count == 1 ? "1 tile" : "\(count) tiles" }
}
