import IR
import Lowering

/// A normalization within each example where it stands in a model.
struct ExampleNormSite: Hashable, Sendable {
  let layer: Int
  let groups: NormalizationGroups
  let eps: Double
  let isCentered: Bool
  /// The factors and the offsets, where there are any.
  let gamma, beta: TensorID?
  /// The groups of one block, cut into tasks of some thousand vectors.
  let pieces: Partition

  init(_ norm: some ExampleNormalization, layer: Int, shape: Shape) {
    self.layer = layer
    groups = norm.checkedGroups(of: shape)
    eps = norm.eps
    isCentered = norm.isCentered
    gamma = norm.hasGamma ? TensorID(layer: layer, role: .gamma) : nil
    beta = norm.hasBeta ? TensorID(layer: layer, role: .beta) : nil
    pieces = Partition(groups.groups, limit: max(1, 2048 / groups.count))
  }

  /// What is kept of a group: 1 / sqrt(variance + eps), and the mean where it is taken away.
  var momentsPerGroup: Int { isCentered ? 2 : 1 }

  /// Parameters that the forward pass reads.
  var readParameters: [Effect] { [gamma, beta].compactMap { $0.map { .read(.parameter($0)) } } }
}

/// Each group's moments, and the result: a task is a piece of one block's groups.
struct ExampleNormForward: KernelSpec {
  var site: ExampleNormSite
  var activation: Activation?
  var x: BufferID
  /// `[groups][1 / sqrt(variance + eps), mean]` of each example.
  var moments: BufferID
  /// Where the activation's operand is kept.
  var sums: BufferID?
  var y: BufferID

  var functions: [ScalarFunction] { activation.functions }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ExampleNormForwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// dx: a task is a piece of one block's groups.
struct ExampleNormBackward: KernelSpec {
  var site: ExampleNormSite
  var x: BufferID
  var dy: BufferID
  var moments: BufferID
  /// What each number of dx goes through.
  var epilogue: GradientEpilogue?
  var dx: BufferID

  var functions: [ScalarFunction] { epilogue.map { [$0.function] } ?? [] }

  var acceptsParts: Bool { true }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ExampleNormBackwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// dgamma and dbeta: a task is a piece of them.
struct ExampleNormParameterGradient: KernelSpec {
  var site: ExampleNormSite
  var pieces: Partition
  var x: BufferID
  var dy: BufferID
  var moments: BufferID
  /// Where the gradients go; nil of what does not learn.
  var gamma, beta: GradientDestination?

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ExampleNormParameterGradientContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}
