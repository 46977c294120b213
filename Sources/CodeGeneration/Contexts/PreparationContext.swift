import IR
import Lowering

/// One factor and offset that is folded in, as C.
struct PreparationStep: Sendable {
  let layer, factor, shift: String
}

struct PreparationContext: TemplateContext {
  var template: String { "inference_prepare.c.mustache" }
  let name, layers, source, dimensions, member: String
  let folds, bias, weight: String?
  let weightLayout, biasLayout, depth, tileStart, tileSize: String
  let usesParameters, usesState, isConvolution: Bool
  let steps: [PreparationStep]

  init?(_ form: InferenceForm, names: Naming) {
    guard let preparation = form.preparation else { return nil }
    name = preparation.name
    let folded = preparation.members.filter { layer in
      preparation.steps.contains { $0.layer == layer }
    }
    let own = names.layer(preparation.layer)
    layers =
      folded.contains(preparation.layer) ? folded.map(names.layer).joined(separator: ", ") : own
    source = names.line(of: preparation.layer)
    member = own
    let others = folded.filter { $0 != preparation.layer }.map(names.layer)
    folds = others.isEmpty ? nil : others.joined(separator: " and ")
    bias = preparation.bias.map(names.member)
    weight = form.weight.map(names.member)
    biasLayout = "[\(preparation.vectors)][\(names.plan.lanes)]"
    let sizes = [("OUT", preparation.channels), ("V", preparation.vectors)]
    switch form {
    case .convolution(let form):
      dimensions = CText.dimensions(
        sizes + [("CI", form.input.channels), ("K", form.window.kernel)])
      (depth, isConvolution) = ("(K * K * CI)", true)
      weightLayout = form.weightLayout(lanes: names.plan.lanes)
      (tileStart, tileSize) = (
        form.tile.vectors.pieceStart(of: "v"), form.tile.vectors.pieceSize(of: "v")
      )
    case .dense(let form):
      dimensions = CText.dimensions(
        sizes + [("C", form.input.channels), ("PLANE", form.input.positions)])
      (depth, isConvolution) = ("(PLANE * C)", false)
      weightLayout = form.weightLayout(lanes: names.plan.lanes)
      (tileStart, tileSize) = (form.vectors.pieceStart(of: "v"), form.vectors.pieceSize(of: "v"))
    case .load, .affine, .pool, .activation, .sum, .flatten:
      dimensions = CText.dimensions(sizes)
      (depth, isConvolution, weightLayout, tileStart, tileSize) = ("", false, "", "", "")
    }
    steps = preparation.steps.map { PreparationStep($0, names: names) }
    usesParameters =
      weight != nil || bias != nil || preparation.steps.contains { $0.hasGamma || $0.hasBeta }
    usesState = preparation.steps.contains { $0.normalization != nil }
  }
}

extension PreparationStep {
  fileprivate init(_ step: ChannelStep, names: Naming) {
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

extension InferenceConvolution {
  /// `[3 tiles][5][5][20][3 or 2][8]`
  func weightLayout(lanes: Int) -> String {
    let kernel = window.kernel
    return "[\(tile.vectors.tilesText)][\(kernel)][\(kernel)][\(input.channels)]"
      + "[\(tile.vectors.sizeText)][\(lanes)]"
  }
}

extension InferenceDense {
  /// `[1 tile][4][4][50][16][8]`: the inputs in the order in which x lies.
  func weightLayout(lanes: Int) -> String {
    let image = input.positions > 1 ? "[\(input.height)][\(input.width)]" : ""
    return "[\(vectors.tilesText)]\(image)[\(input.channels)][\(vectors.sizeText)][\(lanes)]"
  }
}
