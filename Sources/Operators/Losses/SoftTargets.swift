import IR
import Lowering

/// How a softmax cross entropy whose targets share themselves out among classes is written in C:
/// what the kernel of a training and the function of an inference have in common.
struct SoftTargets {
  let loss: SoftmaxCrossEntropy
  /// What the loss's own functions and fields end with.
  let suffix: String

  init(_ loss: SoftmaxCrossEntropy, index: Int) {
    self.loss = loss
    suffix = Loss.suffix(index)
  }

  var hasWeights: Bool { !loss.weights.isEmpty }

  /// C for what class `class` counts; nil where all count alike.
  func weight(of class: String) -> String? {
    hasWeights ? "class_weight\(suffix)(\(`class`))" : nil
  }

  /// C for what smoothing gives class k of an example; nil where it gives nothing.
  var spread: String? {
    guard loss.smoothing > 0 else { return nil }
    return ([CText.real(loss.spread)] + [weight(of: "k")].compactMap { $0 })
      .joined(separator: " * ")
  }

  /// C for what an example of weight `weight` adds to q of its own class.
  func own(_ weight: String) -> String {
    loss.smoothing > 0 ? "\(CText.real(1 - loss.smoothing)) * \(weight)" : weight
  }

  /// C for q[k] of a probability `target`.
  func share(of target: String) -> String {
    let kept = own(target)
    let smoothed = loss.smoothing > 0 ? "\(kept) + \(CText.real(loss.spread))" : kept
    guard let weight = weight(of: "k") else { return smoothed }
    return loss.smoothing > 0 ? "\(weight) * (\(smoothed))" : "\(weight) * \(smoothed)"
  }

  /// The formula of q, for comments.
  var formula: String {
    let smoothing = loss.smoothing > 0
    let target = loss.isOfProbabilities ? "target[n, k]" : "(k == label[n])"
    let kept =
      smoothing ? "(\(own(target).replacing("(real)", with: "")) + \(plainSpread))" : target
    let weighted = hasWeights ? "weight[k] * \(kept)" : kept
    let ignored = loss.ignored.map { ", or 0 where the label is \($0)" } ?? ""
    return "q[n, k] = \(weighted)\(ignored)"
  }

  private var plainSpread: String { CText.double(loss.spread) }

  /// What the sum of an example's losses is multiplied by in C; nil by nothing.
  func exampleShare(isMean: Bool, inDouble: Bool = false) -> String? {
    let share = 1 / Double(loss.positions)
    let weighs = isMean && loss.classWeights != nil
    let factors =
      (loss.positions > 1 ? [inDouble ? CText.double(share) : CText.real(share)] : [])
      + (weighs ? [inDouble ? "(double)s->share\(suffix)" : "s->share\(suffix)"] : [])
    return factors.isEmpty ? nil : factors.joined(separator: " * ")
  }

  /// The loss of one example.
  func evaluation(_ site: LossEvaluation) -> LossEvaluation.Code {
    let positions = loss.positions
    let at = positions == 1 ? "k" : "k * \(positions) + p"
    let number = site.number("k", at: "p")
    let first = site.number("0", at: "p")
    var lines = ["real best = \(first), sum = 0;"]
    lines += [
      "for (int k = 1; k < \(loss.classes); k++) {",
      "  const real v = \(number);",
      "  if (v > best || v != v) best = v;",
      "}",
      "for (int k = 0; k < \(loss.classes); k++) sum += EXP(\(number) - best);",
      "for (int k = 0; k < \(loss.classes); k++) {",
    ]
    if loss.isOfProbabilities {
      let target = site.target.number("s->example", at, of: site.count)
      lines.append("  const real q = \(share(of: target));")
    } else {
      let label =
        positions == 1
        ? site.label : site.target.label("s->example", at: "p", of: "\(positions)")
      let skip = positions == 1 ? "return 0;" : "continue;"
      lines =
        ["const int label = \(label);"]
        + (loss.ignored.map { ["if (label == \($0)) \(skip)"] } ?? []) + lines
      let kept = own(weight(of: "label") ?? "1")
      lines.append(
        "  const real q = (k == label ? \(kept) : 0)\(spread.map { " + \($0)" } ?? "");")
    }
    lines += [
      "  if (q != 0) loss += (double)(q * (LOG(sum) - (\(number) - best)));",
      "}",
    ]
    let share = exampleShare(isMean: site.isMean, inDouble: true)
    return .init(
      comment: [
        "  sum over k of q[k] * (log(sum over j of exp(x[j])) - x[k])"
          + (positions > 1 ? ", the mean over \(positions) positions" : ""),
        "  " + formula.replacing("[n, k]", with: "[k]").replacing("[n]", with: ""),
        "The largest x is taken away first, so that no exponential overflows.",
      ],
      statements: ["double loss = 0;"]
        + (positions == 1
          ? lines
          : ["for (int p = 0; p < \(positions); p++) {"] + lines.map { "  " + $0 } + ["}"])
        + ["return loss\(share.map { " * \($0)" } ?? "");"])
  }
}

/// What fills in the kernel for targets that share themselves out among classes.
struct SoftTargetsContext: TemplateContext {
  var template: String { "Losses/soft_targets.c.mustache" }
  let name, source, x, gradient, blockLosses, formula, isGiven: String
  /// The shape of what the loss reads, and what its gradient is divided by, in words.
  let shape, divided: String
  let classes, positions: Int
  let hasPositions, isOfProbabilities, isMirrored: Bool
  /// The class that counts nothing.
  let ignored: String?
  /// C for the label of lane l, its weight, q[k], and the sum of all q.
  let label, weight, q: String
  let total: String?
  /// What an example's sum and its gradient are multiplied by.
  let share, gradientShare: String?

  init(_ spec: SoftmaxCrossEntropyKernel, kernel: Kernel, names: CodegenContext) {
    let (site, loss) = (spec.site, spec.loss)
    let targets = SoftTargets(loss, index: site.index)
    name = names.function(kernel)
    source = "\(names.source):\(names.plan.model.losses[site.index].range.lower.line)"
    x = names.buffer(site.x)
    gradient = names.buffer(site.gradient)
    blockLosses = names.buffer(site.blockLosses)
    formula = targets.formula
    classes = loss.classes
    positions = loss.positions
    hasPositions = positions > 1
    shape = hasPositions ? "\(classes), \(positions)" : "\(classes)"
    let whole = loss.classWeights == nil ? "the number of examples" : "what the examples count"
    divided =
      (site.isMean ? ", divided by \(whole)" : "")
      + (site.weight == 1 ? "" : ", times \(CText.double(site.weight))")
    isGiven = site.target.isGiven()
    isMirrored = site.target.isMirrored
    isOfProbabilities = loss.isOfProbabilities
    ignored = loss.ignored.map(String.init)
    let at = hasPositions ? "k * POSITIONS + p" : "k"
    label =
      hasPositions
      ? site.target.label("block * LANES + l", at: "p", of: "POSITIONS")
      : site.target.label("block * LANES + l")
    weight = targets.own(targets.weight(of: "label") ?? "1")
    if loss.isOfProbabilities {
      let target = site.target.numbers(
        block: "block", at, of: hasPositions ? "CLASSES * POSITIONS" : "CLASSES")
      q = "masked(\(targets.share(of: target)), counts)"
      total = nil
    } else {
      let own = "masked(own, labels == splat((real)k))"
      q = own + (targets.spread.map { " + masked(splat(\($0)), counts)" } ?? "")
      let all = loss.weights.isEmpty ? Double(loss.classes) : loss.weights.reduce(0, +)
      total =
        "own"
        + (loss.smoothing > 0
          ? " + masked(splat(\(CText.real(loss.spread * all))), counts)" : "")
    }
    share = targets.exampleShare(isMean: site.isMean)
    let factors =
      (site.weight == 1 ? [] : [CText.real(site.weight)]) + [share].compactMap { $0 }
    let divisor = site.isMean ? " / (real)\(names.exampleCount)" : ""
    gradientShare =
      factors.isEmpty
      ? (site.isMean ? "1" + divisor : nil) : factors.joined(separator: " * ") + divisor
  }
}
