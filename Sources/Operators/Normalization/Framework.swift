import IR

/// The frameworks whose batch norm `like:` takes for a model's.
package enum Framework: String, Hashable, Sendable, CaseIterable {
  /// MXNet's symbol operator: `mx.sym.BatchNorm`, whose gamma is fixed unless told otherwise.
  case mxnet
  /// MXNet's `gluon.nn.BatchNorm`.
  case gluon
  /// `torch.nn.BatchNorm1d` and `2d`: momentum 0.1 of the new value is 0.9 of the old.
  case pytorch
  /// Keras 3.
  case keras
  /// ONNX `BatchNormalization` with `training_mode` 1.
  case onnx

  /// A batch norm's statistics as the framework has them when nothing else is said.
  package var convention: NormalizationConvention {
    var convention = NormalizationConvention()
    convention.start = .standard
    switch self {
    case .mxnet: convention.eps = 1e-3
    case .gluon, .onnx: break
    case .pytorch: convention.runningVariance = .unbiased
    case .keras: (convention.eps, convention.momentum) = (1e-3, 0.99)
    }
    return convention
  }

  /// Whether gamma is held at 1 when nothing else is said.
  package var fixesGamma: Bool { self == .mxnet }
}
