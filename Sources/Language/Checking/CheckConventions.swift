import Diagnostics
import IR

// Words that another framework uses for something else.
extension Checker {
  /// What `call`, which makes `op` of an operand of `shape`, may have been meant to say.
  mutating func remarkConventions(
    of call: CallSyntax, _ op: Op, _ shape: Shape, in scope: Scope
  ) {
    func range(of key: String, as word: String? = nil) -> SourceRange? {
      let argument = call.arguments.first { $0.key?.text == key }
      guard let argument, let word else { return argument?.range }
      let name = argument.value.name?.text
      return name == word || name.flatMap { scope.constants[$0] } == .word(word)
        ? argument.range : nil
    }
    if let norm = op.normalization, norm.momentum < 0.5, let momentum = range(of: "momentum"),
      range(of: BatchNormSyntax.like.name, as: BatchNorm.Convention.pytorch.rawValue) != nil
    {
      report(.momentumConvention(norm.momentum, at: momentum, uses: scope.uses))
    }
    if let window = op.window, shape.isImage,
      let padding = range(of: WindowSyntax.padding.name, as: "same")
    {
      let after = [shape.height, shape.width].map { window.paddingInKeras(of: $0) }
      guard after.contains(where: { $0 != 2 * window.padding }) else { return }
      report(.paddingConvention(window, in: shape, keras: after, at: padding, uses: scope.uses))
    }
  }
}

extension Op {
  /// The window that slides over an image; nil of operators that have none.
  fileprivate var window: Window? {
    switch self {
    case .convolution(let op): op.window
    case .averagePool(let op): op.window
    case .maxPool(let op): op.window
    case .dense, .batchNorm, .normalize, .scaleShift, .relu, .sigmoid, .flatten, .add: nil
    }
  }
}

extension Window {
  /// Rows of padding, before and after together, that Keras's `same` gives an image of `size` rows: as many
  /// as `ceil(size / stride)` windows need.
  fileprivate func paddingInKeras(of size: Int) -> Int {
    max(((size + stride - 1) / stride - 1) * stride + kernel - size, 0)
  }
}
