import IR

/// One function of the generated C, and when it runs.
package struct Kernel: Hashable, Sendable {
  /// The C function.
  package var name: String
  /// The layer that it is part of; nil for the input and the loss.
  package var layer: Int?
  /// When it runs.
  package var phase: Phase
  /// Into how many tasks, of any order and on any thread, it is cut.
  package var tasks: Tasks
  /// What it does.
  package var form: Form
  /// Buffers that it reads.
  package var reads: [BufferID]
  /// Buffers that it writes.
  package var writes: [BufferID]
  /// A buffer that its result may take the place of: number by number it reads before it writes.
  package var replaces: BufferID?
  /// Multiplications and additions for a full batch.
  package var operations: Double

  /// When a kernel runs.
  package enum Phase: Hashable, Sendable {
    /// In every forward pass.
    case forward
    /// Only where batch norms use the batch's statistics.
    case trainingForward
    /// Only where batch norms use the running statistics.
    case evaluationForward
    /// The loss.
    case loss
    /// After the loss turned out to be finite.
    case backward
    /// After the gradients: the running statistics move.
    case state
  }

  /// The tasks of a kernel. They are cut by shape alone, never by the number of threads.
  package enum Tasks: Hashable, Sendable {
    /// One, on the calling thread.
    case serial
    /// This many, whatever the number of examples.
    case fixed(Int)
    /// This many, one after the other on the calling thread, for work that is done before another
    /// thread is awake.
    case inTurn(Int)
    /// This many for each block of the batch.
    case perBlock(Int)
    /// `count` for each group of `blocks` blocks.
    case perGroup(Int, blocks: Int)
  }

  /// What a kernel does: one case a template.
  package enum Form: Hashable, Sendable {
    case inputLoad(InputLoad)
    case convolutionForward(ConvolutionForward)
    case convolutionInputGradient(ConvolutionInputGradient)
    case convolutionWeightGradient(ConvolutionWeightGradient)
    case biasGradient(BiasGradient)
    case denseForward(DenseForward)
    case denseInputGradient(DenseInputGradient)
    case denseInputGradientProduct(DenseInputGradientProduct)
    case denseRows(DenseRows)
    case denseWeightGradient(DenseWeightGradient)
    case normalizationStatistics(NormalizationStatistics)
    case normalizationMoments(NormalizationMoments)
    case normalizationRunning(NormalizationRunning)
    case normalizationForward(NormalizationForward)
    case normalizationSums(NormalizationSums)
    case normalizationGradient(NormalizationGradient)
    case normalizationBackward(NormalizationBackward)
    case normalizationMove(NormalizationMove)
    case scaleShiftForward(ScaleShiftForward)
    case scaleShiftBackward(ScaleShiftBackward)
    case activationForward(ActivationForward)
    case activationBackward(ActivationBackward)
    case poolForward(PoolForward)
    case poolBackward(PoolBackward)
    case sum(Sum)
    case softmaxCrossEntropy(LossForm)
    case linearRegression(LossForm)
    case binaryCrossEntropy(LossForm)
    case update(Update)
    /// A kernel of an inference plan.
    case inference(InferenceForm)
  }
}

/// What becomes of a parameter's gradient where it is made.
package enum GradientDestination: Hashable, Sendable {
  /// The parameter moves along it at once.
  case update
  /// It is kept in scratch for a kernel that updates.
  case buffer(BufferID)
  /// It is the caller's: the region of gradients.
  case region
}
