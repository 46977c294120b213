import IR
import Lowering

/// A batch norm and what runs in its kernels.
package struct Normalization: Hashable, Sendable {
  /// The batch norm's layer.
  package var layer: Int
  /// The layers that run in its kernels: the batch norm, the factor and offset, the activation, the
  /// pool.
  package var members: [Int]
  package var convention: NormalizationConvention
  /// The layer that owns gamma and beta; nil where there are none.
  package var affineLayer: Int?
  /// Whether gamma takes part; it does not where it is held at 1.
  package var hasGamma: Bool
  package var channels: Int
  package var height: Int
  package var width: Int
  /// The activation that the kernel applies.
  package var activation: Activation?
  /// The pool that the kernel ends with.
  package var pool: PoolGeometry?
  /// Channels a task.
  package var channelsPerTask: Partition

  /// Whether training normalizes with the batch's statistics.
  var usesBatch: Bool { convention.statistics == .batch }

  /// Numbers a channel and example.
  package var plane: Int { height * width }

  /// What the forward kernel calls.
  var forwardFunctions: [ScalarFunction] { activation.functions }

  /// What the gradient's kernels call: the activation once more where a pool looks for its maximum.
  var gradientFunctions: [ScalarFunction] {
    activation.map {
      [$0.function.gradientOfOperand] + (pool?.pooling == .max ? [$0.function] : [])
    } ?? []
  }
}

/// Each block's mean and sum of squared distances from it, a channel: where no convolution or dense
/// layer gathers them.
package struct NormalizationStatistics: KernelSpec {
  package var normalization: Normalization
  package var x: BufferID
  package var partial: BufferID

  package var acceptsParts: Bool { true }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    NormalizationStatisticsContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// The batch's mean and variance from those of the blocks' bands, by Chan's merge; outside of
/// training the running ones.
package struct NormalizationMoments: KernelSpec {
  package var normalization: Normalization
  /// The batch's, before they are put together; nil where only the running ones count.
  package var blocks: Blocks?
  /// `[3][channels]`: mean, variance, 1 / sqrt(variance + eps).
  package var moments: BufferID
  /// `[2][channels]` doubles: mean and variance once more, for the other processes; nil where there are
  /// none.
  package var exact: BufferID?

  /// The statistics of a batch's blocks.
  package struct Blocks: Hashable, Sendable {
    package var buffer: BufferID
    /// The rows whose statistics were gathered together; one band means all numbers of a block.
    package var bands: Partition
  }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    NormalizationMomentsContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// The whole batch's mean and variance from those of the processes that it lies across.
package struct NormalizationJoin: KernelSpec {
  package var normalization: Normalization
  package var moments: BufferID
  /// `[2][channels]` doubles: mean and variance of this process's share.
  package var sums: BufferID

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    NormalizationJoinContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// Normalize, scale and shift, clip, pool.
package struct NormalizationForward: KernelSpec {
  package var normalization: Normalization
  package var x: BufferID
  /// Where the activation's operand is kept.
  package var sums: BufferID?
  package var y: BufferID
  package var moments: BufferID

  package var functions: [ScalarFunction] { normalization.forwardFunctions }

  package var acceptsParts: Bool { true }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    NormalizationForwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// Each block's sums of g and of g * xhat, a channel, g being dy under the pool and the mask.
package struct NormalizationSums: KernelSpec {
  package var normalization: Normalization
  package var x: BufferID
  package var dy: BufferID
  package var moments: BufferID
  /// `[blocks][channels][2]`
  package var partial: BufferID

  package var functions: [ScalarFunction] { normalization.gradientFunctions }

  package var acceptsParts: Bool { true }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    NormalizationSumsContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// The gradients of gamma and beta, and the two means that dx takes away.
package struct NormalizationGradient: KernelSpec {
  package var normalization: Normalization
  package var moments: BufferID
  package var partial: BufferID
  /// `[4][channels]`: scale and shift as they were, mean of g, mean of g * xhat.
  package var coefficients: BufferID
  /// Where gamma's gradient goes; nil where gamma does not learn.
  package var gamma: GradientDestination?
  /// Where beta's gradient goes; nil where there is no beta.
  package var beta: GradientDestination?

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    NormalizationGradientContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// dx of the batch norm, pool and mask included.
package struct NormalizationBackward: KernelSpec {
  package var normalization: Normalization
  package var x: BufferID
  package var dy: BufferID
  /// What each number of dx goes through.
  package var epilogue: GradientEpilogue?
  package var dx: BufferID
  package var moments: BufferID
  package var coefficients: BufferID

  package var functions: [ScalarFunction] {
    normalization.gradientFunctions + (epilogue.map { [$0.function] } ?? [])
  }

  package var acceptsParts: Bool { true }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    NormalizationBackwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// The running statistics move towards the batch's.
package struct NormalizationMove: KernelSpec {
  package var normalization: Normalization
  package var moments: BufferID

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    NormalizationMoveContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}
