import IR
import Lowering

/// A row of the table of weights that are made of the training data.
struct WhiteningContext: Sendable {
  let tensor, input, examples, rowDilation, columnDilation: Int
  let eps: String

  /// Those of `model`, whose parameters and states come first in the table of tensors.
  static func all(of model: Model, tensors: [String]) -> [WhiteningContext] {
    model.whitenings.compactMap { whitening in
      let name = "\"\(model.layers[whitening.layer].name).weight\""
      return tensors.firstIndex { $0.contains(name) }.map {
        WhiteningContext(whitening, tensor: $0)
      }
    }
  }

  private init(_ whitening: Whitening, tensor: Int) {
    self.tensor = tensor
    (input, examples) = (whitening.input, whitening.examples)
    (rowDilation, columnDilation) = (whitening.rowDilation, whitening.columnDilation)
    eps = CText.double(whitening.eps)
  }
}

/// A row of the table of an evaluation's views.
struct ViewContext: Sendable {
  let weight: String
  let flipsRows, flipsColumns, down, right, isEdge: Int

  init(_ input: TestView.Look, of view: TestView) {
    weight = CText.double(view.weight)
    (flipsRows, flipsColumns) = (input.flipsRows ? 1 : 0, input.flipsColumns ? 1 : 0)
    (down, right, isEdge) = (input.down, input.right, input.isEdge ? 1 : 0)
  }
}
