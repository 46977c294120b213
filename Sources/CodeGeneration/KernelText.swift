import IR
import Lowering

extension Kernel {
  /// The C of this kernel.
  func text(names: Naming, memory: MemoryPlan, library: TemplateLibrary) -> String {
    library.render(context(names: names, memory: memory))
  }

  /// What fills in this kernel's template.
  func context(names: Naming, memory: MemoryPlan) -> any TemplateContext {
    let index = layer ?? 0
    switch form {
    case .inputLoad(let kernel):
      return InputLoadContext(kernel, name: name, names: names)
    case .convolutionForward(let kernel):
      return ConvolutionForwardContext(kernel, name: name, layer: index, names: names)
    case .convolutionInputGradient(let kernel):
      return ConvolutionInputGradientContext(kernel, name: name, layer: index, names: names)
    case .convolutionWeightGradient(let kernel):
      return ConvolutionWeightGradientContext(kernel, name: name, layer: index, names: names)
    case .biasGradient(let kernel):
      return BiasGradientContext(kernel, name: name, layer: index, names: names)
    case .denseForward(let kernel):
      return DenseForwardContext(kernel, name: name, layer: index, names: names)
    case .denseInputGradient(let kernel):
      return DenseInputGradientContext(kernel, name: name, layer: index, names: names)
    case .denseInputGradientProduct(let kernel):
      return DenseInputGradientProductContext(kernel, name: name, layer: index, names: names)
    case .denseRows(let kernel):
      return DenseRowsContext(kernel, name: name, layer: index, names: names)
    case .denseWeightGradient(let kernel):
      return DenseWeightGradientContext(kernel, name: name, layer: index, names: names)
    case .normalizationStatistics(let kernel):
      return NormalizationStatisticsContext(kernel, name: name, names: names)
    case .normalizationMoments(let kernel):
      return NormalizationMomentsContext(kernel, name: name, names: names)
    case .normalizationRunning(let kernel):
      return NormalizationRunningContext(kernel, name: name, names: names)
    case .normalizationForward(let kernel):
      return NormalizationForwardContext(kernel, name: name, names: names)
    case .normalizationSums(let kernel):
      return NormalizationSumsContext(kernel, name: name, names: names)
    case .normalizationGradient(let kernel):
      return NormalizationGradientContext(kernel, name: name, names: names)
    case .normalizationBackward(let kernel):
      let inPlace =
        memory.places[kernel.x.index].offset == memory.places[kernel.dx.index].offset
      return NormalizationBackwardContext(kernel, name: name, names: names, inPlace: inPlace)
    case .normalizationMove(let kernel):
      return NormalizationMoveContext(kernel, name: name, names: names)
    case .scaleShiftForward(let kernel):
      return ScaleShiftForwardContext(kernel, name: name, names: names)
    case .scaleShiftBackward(let kernel):
      return ScaleShiftBackwardContext(kernel, name: name, names: names)
    case .activationForward(let kernel):
      return ActivationForwardContext(kernel, name: name, layer: index, names: names)
    case .activationBackward(let kernel):
      return ActivationBackwardContext(kernel, name: name, layer: index, names: names)
    case .poolForward(let kernel):
      return PoolForwardContext(kernel, name: name, layer: index, names: names)
    case .poolBackward(let kernel):
      return PoolBackwardContext(kernel, name: name, layer: index, names: names)
    case .sum(let kernel):
      return SumContext(kernel, kernel: self, names: names)
    case .softmaxCrossEntropy(let kernel), .linearRegression(let kernel),
      .binaryCrossEntropy(let kernel):
      return LossContext(kernel, name: name, names: names)
    case .update(let kernel):
      return UpdateContext(kernel, name: name, names: names)
    case .inference(let form):
      return form.context(of: self, names: names)
    }
  }
}
