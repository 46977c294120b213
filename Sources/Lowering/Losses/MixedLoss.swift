import IR

/// An augmentation that mixes examples, and the C of the share that each of them keeps.
package protocol LoweredMixing: MixingAugmentation {
  /// C for the share, a real, where `s` is the step; `shared` gets what that calls.
  func shareCall(_ shared: inout SharedFunctions) -> String
}

extension Model {
  /// What mixes the examples of a training; nil where nothing does.
  var mixing: (any LoweredMixing)? {
    layers.lazy.compactMap { $0.op.base as? any LoweredMixing }.first
  }
}

extension KernelPlanner {
  /// Makes of a loss and its gradient, which are there against the examples' own targets, those of
  /// examples that are mixed: the same against the targets of those that they are mixed with, and a kernel
  /// that puts both together.
  mutating func mix(
    _ site: LossSite, by mixing: any LoweredMixing, _ function: any LoweredLoss,
    of operand: ValueID
  ) {
    var other = site
    other.target.isMirrored = true
    let suffix = Loss.suffix(site.index)
    other.gradient = makeBuffer(
      "other_loss_gradient\(suffix)", .lanes(model.shape(of: operand)))
    other.blockLosses = makeBuffer("other_block_losses\(suffix)", .numbers([blocks]))
    add(
      "loss_\(function.keyword)_of_others", layers: [], .trainingLoss, .perBlock(1),
      function.kernel(other),
      [
        .read(site.x), other.target.effect, .write(other.gradient), .write(other.blockLosses),
      ], operations: Double(5 * site.outputs))
    add(
      "loss_\(function.keyword)_mixed", layers: [], .trainingLoss, .perBlock(1),
      MixedLossKernel(site: site, other: other, mixing: AnyMixing(base: mixing)),
      [
        .read(other.gradient), .read(other.blockLosses), .update(.buffer(site.gradient)),
        .update(.buffer(site.blockLosses)),
      ], operations: Double(3 * site.outputs))
  }
}

/// A mixing augmentation of any type.
struct AnyMixing: Hashable, Sendable {
  let base: any LoweredMixing

  static func == (left: AnyMixing, right: AnyMixing) -> Bool {
    AnyHashable(left.base) == AnyHashable(right.base)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(base)) }
}

/// A share of a loss and its gradient, and the rest of another's.
struct MixedLossKernel: KernelSpec {
  let site, other: LossSite
  let mixing: AnyMixing

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    MixedLossContext(
      name: names.function(kernel),
      source: "\(names.source):\(names.plan.model.losses[site.index].range.lower.line)",
      gradient: names.buffer(site.gradient), otherGradient: names.buffer(other.gradient),
      blockLosses: names.buffer(site.blockLosses),
      otherBlockLosses: names.buffer(other.blockLosses), share: mixing.base.shareCall(&shared),
      outputs: site.outputs)
  }
}

struct MixedLossContext: TemplateContext {
  var template: String { "Losses/mixed.c.mustache" }
  let name, source, gradient, otherGradient, blockLosses, otherBlockLosses, share: String
  let outputs: Int
}
