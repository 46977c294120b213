import IR
import Lowering

/// What fills in `<model>_trainer.h`.
struct TrainerHeaderContext: TemplateContext {
  var template: String { "Trainer/trainer.h.mustache" }
  let model, macro, version: String
  let batch, arenaSize: Int
  let regions: [TrainerRegion]
  let inputs, targets, outputs: [TrainerValue]
  let classes: [TrainerClasses]
  let accumulates: Bool
  /// What is otherwise than with `bnc train`, and what has to be loaded; nil where nothing is.
  let differs, computed: String?

  init(_ trainer: TrainerContext) {
    (model, macro, version) = (trainer.model, trainer.macro, trainer.version)
    (batch, arenaSize, regions) = (trainer.batch, trainer.arenaSize, trainer.regions)
    (inputs, targets, outputs) = (trainer.inputs, trainer.targets, trainer.outputs)
    classes = trainer.classes
    accumulates = trainer.passes > 1
    differs = trainer.isAugmented ? "what its augmentations draw" : nil
    computed = trainer.computed.isEmpty ? nil : trainer.computed.joined(separator: ", ")
  }
}

/// What fills in a part of `<model>_trainer.c`.
struct TrainerSourceContext: TemplateContext {
  let template: String
  let model, macro, version, hash, real: String
  let batch, passes, hyperparameterCount, inputCount, targetCount, headerSize: Int
  let regions: [TrainerRegion]
  let inputs, targets, outputs: [TrainerValue]
  /// One, or none.
  let classes: [TrainerClasses]
  let compileLines, headerLines, kept: [String]
  let hasState, hasSlots, hasAverages, hasLists, weighs: Bool
  let lossCount: Int
  /// Which distributions some tensor starts with, and what they are made of.
  let hasNormal, hasUniform, hasTruncated, hasOrthogonal, hasDirac: Bool
  let hasNormals, hasUniforms, hasPairs, draws: Bool

  /// The parts of the file, in order.
  static func parts(_ trainer: TrainerContext) -> [TrainerSourceContext] {
    ["top", "random", "tensors", "steps", "evaluation", "files"].map {
      TrainerSourceContext(trainer, part: $0)
    }
  }

  private init(_ trainer: TrainerContext, part: String) {
    template = "Trainer/\(part).c.mustache"
    (model, macro, version) = (trainer.model, trainer.macro, trainer.version)
    (hash, real) = (trainer.hash, trainer.real)
    (batch, passes) = (trainer.batch, trainer.passes)
    hyperparameterCount = trainer.hyperparameterCount
    (inputCount, targetCount) = (trainer.inputs.count, trainer.targets.count)
    (inputs, targets, outputs) = (trainer.inputs, trainer.targets, trainer.outputs)
    (regions, classes, compileLines) = (trainer.regions, trainer.classes, trainer.compileLines)
    headerLines = Self.lines(trainer.weightsHeader)
    headerSize = trainer.weightsHeader.utf8.count
    kept = trainer.regions.map(\.name).filter { $0 != "scratch" }
    (hasState, hasSlots) = (kept.contains("state"), kept.contains("slots"))
    hasAverages = trainer.hasAverages
    (weighs, lossCount) = (trainer.weighs, trainer.lossCount)
    func starts(_ isOne: (Distribution) -> Bool) -> Bool { trainer.starts.contains(where: isOne) }
    hasNormal = starts { if case .normal = $0 { true } else { false } }
    hasUniform = starts { if case .uniform = $0 { true } else { false } }
    hasTruncated = starts { if case .truncatedNormal = $0 { true } else { false } }
    hasOrthogonal = starts { if case .orthogonal = $0 { true } else { false } }
    hasDirac = starts { if case .dirac = $0 { true } else { false } }
    hasLists = starts { if case .listed = $0 { true } else { false } }
    hasNormals = hasNormal || hasTruncated || hasOrthogonal
    hasUniforms = hasUniform || hasNormals || hasDirac
    hasPairs = hasNormal || hasUniform || hasTruncated
    draws = hasUniforms
  }

  /// Text as the insides of C's string literals: a line for each tensor, or two where it is long.
  private static func lines(_ text: String) -> [String] {
    var lines = [""]
    var (last, depth) = (Character(" "), 0)
    for character in text {
      let endsTensor = last == "," && depth == 1
      if endsTensor || lines[lines.count - 1].utf8.count > 88 { lines.append("") }
      lines[lines.count - 1] += character == "\"" ? "\\\"" : String(character)
      depth += character == "{" ? 1 : character == "}" ? -1 : 0
      last = character
    }
    return lines
  }
}
