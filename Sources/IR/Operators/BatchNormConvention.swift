extension BatchNorm {
  /// The conventions of other frameworks, by the name that `like:` takes.
  package enum Convention: String, Hashable, Sendable, CaseIterable {
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
  }

  /// A batch norm as `convention` does it when nothing else is said.
  package init(like convention: Convention) {
    switch convention {
    case .mxnet: self.init(eps: 1e-3, momentum: 0.9, start: .standard, fixGamma: true)
    case .gluon: self.init(eps: 1e-5, momentum: 0.9, start: .standard)
    case .pytorch:
      self.init(eps: 1e-5, momentum: 0.9, runningVariance: .unbiased, start: .standard)
    case .keras: self.init(eps: 1e-3, momentum: 0.99, start: .standard)
    case .onnx: self.init(eps: 1e-5, momentum: 0.9, start: .standard)
    }
  }
}
