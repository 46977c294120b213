import Diagnostics
import IR

// Words that another framework uses for something else.
extension Checker {
  /// What `call`, which makes `op` of an operand of `shape`, may have been meant to say.
  mutating func remarkConventions(
    of call: CallSyntax, _ op: any Operation, _ shape: Shape, in scope: Scope
  ) {
    func range(of key: String, as word: String? = nil) -> SourceRange? {
      let argument = call.arguments.first { $0.key?.text == key }
      guard let argument, let word else { return argument?.range }
      let name = argument.value.name?.text
      return name == word || name.flatMap { scope.constants[$0] } == .word(word)
        ? argument.range : nil
    }
    if let norm = AnyOperation(op).normalization, norm.momentum < 0.5,
      let momentum = range(of: "momentum"), range(of: "like", as: "pytorch") != nil
    {
      report(.momentumConvention(norm.momentum, at: momentum, uses: scope.uses))
    }
    if let window = (op as? any WindowedOperation)?.window, shape.isImage,
      let padding = range(of: "padding", as: "same")
    {
      let after = [shape.height, shape.width].map { window.paddingInKeras(of: $0) }
      guard after.contains(where: { $0 != 2 * window.padding }) else { return }
      report(.paddingConvention(window, in: shape, keras: after, at: padding, uses: scope.uses))
    }
  }
}

extension Window {
  /// Rows of padding, before and after together, that Keras's `same` gives an image of `size` rows:
  /// as many as `ceil(size / stride)` windows need.
  fileprivate func paddingInKeras(of size: Int) -> Int {
    max(((size + stride - 1) / stride - 1) * stride + kernel - size, 0)
  }
}
