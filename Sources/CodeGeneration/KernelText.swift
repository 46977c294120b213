import IR
import Lowering

extension Kernel {
  /// The C of this kernel.
  func text(names: Naming, memory: MemoryPlan, library: TemplateLibrary) -> String {
    let index = layer ?? 0
    switch form {
    case .inputLoad(let kernel):
      return library.render(InputLoadContext(kernel, name: name, names: names))
    case .convolutionForward(let kernel):
      return library.render(
        ConvolutionForwardContext(kernel, name: name, layer: index, names: names))
    case .convolutionInputGradient(let kernel):
      return library.render(
        ConvolutionInputGradientContext(kernel, name: name, layer: index, names: names))
    case .convolutionWeightGradient(let kernel):
      return library.render(
        ConvolutionWeightGradientContext(kernel, name: name, layer: index, names: names))
    case .biasGradient(let kernel):
      return library.render(BiasGradientContext(kernel, name: name, layer: index, names: names))
    case .denseForward(let kernel):
      return library.render(DenseForwardContext(kernel, name: name, layer: index, names: names))
    case .denseInputGradient(let kernel):
      return library.render(
        DenseInputGradientContext(kernel, name: name, layer: index, names: names))
    case .denseInputGradientProduct(let kernel):
      return library.render(
        DenseInputGradientProductContext(kernel, name: name, layer: index, names: names))
    case .denseRows(let kernel):
      return library.render(DenseRowsContext(kernel, name: name, layer: index, names: names))
    case .denseWeightGradient(let kernel):
      return library.render(
        DenseWeightGradientContext(kernel, name: name, layer: index, names: names))
    case .normalizationStatistics(let kernel):
      return library.render(NormalizationStatisticsContext(kernel, name: name, names: names))
    case .normalizationMoments(let kernel):
      return library.render(NormalizationMomentsContext(kernel, name: name, names: names))
    case .normalizationRunning(let kernel):
      return library.render(NormalizationRunningContext(kernel, name: name, names: names))
    case .normalizationForward(let kernel):
      return library.render(NormalizationForwardContext(kernel, name: name, names: names))
    case .normalizationSums(let kernel):
      return library.render(NormalizationSumsContext(kernel, name: name, names: names))
    case .normalizationGradient(let kernel):
      return library.render(NormalizationGradientContext(kernel, name: name, names: names))
    case .normalizationBackward(let kernel):
      let inPlace =
        memory.places[kernel.x.index].offset == memory.places[kernel.dx.index].offset
      return library.render(
        NormalizationBackwardContext(kernel, name: name, names: names, inPlace: inPlace))
    case .normalizationMove(let kernel):
      return library.render(NormalizationMoveContext(kernel, name: name, names: names))
    case .scaleShiftForward(let kernel):
      return library.render(ScaleShiftForwardContext(kernel, name: name, names: names))
    case .scaleShiftBackward(let kernel):
      return library.render(ScaleShiftBackwardContext(kernel, name: name, names: names))
    case .activationForward(let kernel):
      return library.render(
        ActivationForwardContext(kernel, name: name, layer: index, names: names))
    case .activationBackward(let kernel):
      return library.render(
        ActivationBackwardContext(kernel, name: name, layer: index, names: names))
    case .poolForward(let kernel):
      return library.render(PoolForwardContext(kernel, name: name, layer: index, names: names))
    case .poolBackward(let kernel):
      return library.render(PoolBackwardContext(kernel, name: name, layer: index, names: names))
    case .sum(let kernel):
      return library.render(SumContext(kernel, kernel: self, names: names))
    case .softmaxCrossEntropy(let kernel), .linearRegression(let kernel),
      .binaryCrossEntropy(let kernel):
      return library.render(LossContext(kernel, name: name, names: names))
    case .update(let kernel):
      return library.render(UpdateContext(kernel, name: name, names: names))
    }
  }
}
