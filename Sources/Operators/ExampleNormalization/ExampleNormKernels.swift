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

  /// Whether numbers of a group lie apart, and are brought together in memory of the thread's own. Places
  /// that are a power of two apart share few places in a cache.
  let gathers: Bool

  /// - Parameter hasThreadVectors: Whether the C may have memory for each thread.
  init(
    _ norm: some ExampleNormalization, layer: Int, shape: Shape, hasThreadVectors: Bool = false
  ) {
    self.layer = layer
    groups = norm.checkedGroups(of: shape)
    eps = norm.eps
    isCentered = norm.isCentered
    gamma = norm.hasGamma ? TensorID(layer: layer, role: .gamma) : nil
    beta = norm.hasBeta ? TensorID(layer: layer, role: .beta) : nil
    gathers = hasThreadVectors && groups.inner > 1 && groups.count <= Self.mostGathered
    pieces = Partition(groups.groups, limit: max(1, 2048 / groups.count))
  }

  /// Numbers of a group that is brought together, at most.
  private static let mostGathered = 2048
  /// Vectors that are brought together at a time, of all values, where one group is not more. Eight
  /// neighbours are a stretch that is fetched well; more were slower, with 48 channels, where they left the
  /// first-level cache.
  private static let gathered = 768

  /// Groups that are brought together at a time, of `values` values; 0 where none are.
  func neighbours(of values: Int) -> Int {
    gathers ? max(1, min(8, groups.inner, Self.gathered / values / groups.count)) : 0
  }

  /// Vectors of the thread's own that `values` values of them take.
  func threadVectors(of values: Int) -> Int {
    neighbours(of: values) * values * groups.count
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

  /// Values that are brought together.
  var gathered: Int { sums == nil ? 1 : 2 }

  var threadVectors: Int { site.threadVectors(of: gathered) }

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

  /// Values that are brought together.
  var gathered: Int { 2 }

  var threadVectors: Int { site.threadVectors(of: gathered) }

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
