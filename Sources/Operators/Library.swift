import IR

extension Library {
  /// The language's own operations, losses, optimizers, schedules and initializers.
  package static let standard = Library(
    operations: [
      Convolution.definition, TransposedConvolution.definition, Dense.definition,
      BatchNorm.definition, Normalize.definition, ScaleShift.definition,
      LayerNorm.definition, RMSNorm.definition, GroupNorm.definition, InstanceNorm.definition,
      .relu, .leakyReLU, .relu6, .elu, .sigmoid, .tanh, .silu, .gelu, .geluTanh, .hardSwish,
      .softplus, .hardSigmoid, PReLU.definition,
      Softmax.definition, Softmax.logDefinition,
      AveragePool.definition, AveragePool.global, MaxPool.definition, MaxPool.global,
      Flatten.definition, Reshape.definition, Transpose.definition, Slice.definition,
      Part.definition, Concat.definition, Pad.definition, Upsample.definition,
      Dropout.definition, Dropout.channelDefinition,
      .add, .subtract, .multiply, .divide,
    ],
    losses: [
      SoftmaxCrossEntropy.definition, .binaryCrossEntropy, .binaryCrossEntropyWithLogits,
      .meanSquaredError, .meanAbsoluteError, .huber, .smoothL1, .hinge, .kullbackLeibler,
      .linearRegression,
    ],
    optimizers: [
      .sgd, .momentum, .adam, .adamW, .nadam, .rmsprop, .adagrad, .lion, .lamb, .muon,
    ],
    schedules: [
      Definition<Schedule>.constant, .exponential, .step, .multiStep, .polynomial, .cosine,
      .oneCycle, .triangular, .plateau,
    ].map(\.withWarmup),
    initializers: [
      .he, .xavier, .lecun, .varianceScaling, NormalInitializer.definition, .truncatedNormal,
      .uniform, .orthogonal, DiracInitializer.definition, WhiteningInitializer.definition,
      .constant,
      .pytorch,
    ],
    penalties: [.l2, .l1],
    clippings: [.norm, .value],
    averages: [.ema, .lookahead],
    transforms: [.scaleData, InputNormalization.definition, .resize, .mfcc, .logMel, .wave],
    augmentations: [
      Flip.definition, Shift.crop, Shift.definition, Shift.time, Turn.rotate, Turn.zoom,
      Brightness.definition, Brightness.contrast, Cutout.definition, Noise.definition,
      Mixup.definition,
    ].map { $0.map { TrainingAugmentation($0) } } + [.background],
    testAugmentations: [.flip, .shift],
    defaults: Training(
      optimizer: .sgd(learningRate: 0.01), schedule: .constant,
      initializer: VarianceScaling("he", scale: 2, mode: .fanIn, shape: .normal)))
}
