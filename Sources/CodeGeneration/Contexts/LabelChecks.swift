import IR
import Lowering

/// What a step does with the labels of its examples: C statements.
struct LabelChecks: Sendable {
  /// Before anything else.
  let statements: [String]
  /// What the losses of targets that training moves count in their mean, once these have moved.
  let sharesOfMoved: [String]
  /// What the examples of an evaluation count together in each such loss, for the caller.
  let counts: [String]

  /// - Parameter step: C for the step, as a pointer.
  init(_ plan: KernelPlan, step: String) {
    let model = plan.model
    var lines: [String] = []
    for index in model.targets.indices {
      lines += Self.check(of: index, plan.graph.losses, model, step: step)
    }
    var moved: [String] = []
    for (index, loss) in plan.graph.losses.enumerated() where loss.weighsMean {
      let access = plan.access(to: loss.target)
      let share = Self.share(of: loss, index, access, plan, step: step)
      // Over several processes only a step is added up, and whether it is one is known later.
      if access.moved == nil, !plan.joinsProcesses { lines += share } else { moved += share }
    }
    (statements, sharesOfMoved) = (lines, moved)
    counts = plan.graph.losses.enumerated().filter(\.element.weighsMean).map { index, _ in
      let share = "s.share\(Loss.suffix(index))"
      return "if (result->counts) result->counts[\(index)] = "
        + "\(share) > 0 ? batch->count / (double)\(share) : 0;"
    }
  }

  /// Refuses what is no class of a target.
  private static func check(
    of index: Int, _ losses: [Loss], _ model: Model, step: String
  ) -> [String] {
    guard case .classes(let count, _) = model.targets[index].kind else { return [] }
    let labels = Labels(model.access(to: index), model.targets[index].kind, step: step)
    let isOutside = "\(labels.label) < 0 || \(labels.label) >= \(count)"
    let ignored = losses.ignored(by: index)
    let test = ignored.map { "\(labels.label) != \($0) && (\(isOutside))" } ?? isOutside
    return labels.loop + ["\(labels.indent)if (\(test)) return BNC_BAD_ARGUMENT;"]
  }

  /// Finds what the examples' losses count in their mean: the field `share`.
  private static func share(
    of loss: Loss, _ index: Int, _ access: TargetAccess, _ plan: KernelPlan, step: String
  ) -> [String] {
    let model = plan.model
    let kind = model.targets[loss.target].kind
    let labels = Labels(access, kind, step: step)
    let suffix = Loss.suffix(index)
    let field = (step.hasPrefix("&") ? "\(step.dropFirst())." : "\(step)->") + "share\(suffix)"
    let counts = loss.classWeights?.ignored.map { "if (\(labels.label) != \($0)) " } ?? ""
    let hasWeights = loss.classWeights?.weights.isEmpty == false
    let weight = hasWeights ? "(double)class_weight\(suffix)(\(labels.label))" : "1"
    let places = kind.elementCount
    let examples = plan.joinsProcesses ? "s->examples" : "batch->count"
    let all = places == 1 ? examples : "(double)\(examples) * \(places)"
    let sum = "weight\(suffix)"
    return ["double \(sum) = 0;"] + labels.loop
      + ["\(labels.indent)\(counts)\(sum) += \(weight);"]
      + (plan.joinsProcesses ? ["if (s->training) sum_over_processes(s, &\(sum), 1);"] : [])
      + ["\(field) = \(sum) > 0 ? (real)(\(all) / \(sum)) : 0;"]
  }

  /// The labels of a batch, one after the other.
  private struct Labels {
    /// C for the label at hand, and the heads of the loops around it.
    let label: String
    let loop: [String]
    let indent: String

    init(_ access: TargetAccess, _ kind: Target.Kind, step: String) {
      var hasPositions = false
      if case .classes(_, let positions) = kind { hasPositions = !positions.isEmpty }
      let places = kind.elementCount
      label =
        hasPositions
        ? access.label("n", at: "p", of: "\(places)", step: step) : access.label("n", of: step)
      loop =
        ["for (int n = 0; \(access.isGiven(step)) && n < batch->count; n++)"]
        + (hasPositions ? ["  for (int p = 0; p < \(places); p++)"] : [])
      indent = hasPositions ? "    " : "  "
    }
  }
}
