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
    if let windowed = op as? any WindowedOperation, let ceil = range(of: "ceil"),
      let window = try? windowed.sizes.window(keyword: windowed.keyword, over: shape)
    {
      let axes = [
        ("rows", window.rows, shape.height), ("columns", window.columns, shape.width),
      ].suffix(shape.dimensions.count - 1)
      let left = axes.filter { $0.1.leavesWindowOut(in: $0.2) }.map(\.0)
      let isAllOfIt = axes.allSatisfy { !$0.1.addsWindow(in: $0.2) }
      if !left.isEmpty {
        report(
          .windowLeftOut(left, of: shape, isAllOfIt: isAllOfIt, at: ceil, uses: scope.uses))
      }
    }
    if let windowed = op as? any WindowedOperation, let padding = range(of: "padding", as: "same"),
      let window = try? windowed.sizes.window(keyword: windowed.keyword, over: shape)
    {
      let axes = [(window.rows, shape.height), (window.columns, shape.width)]
        .suffix(shape.dimensions.count - 1)
      let differs = axes.contains { $0.paddingOfCeil($1) != $0.before + $0.after }
      guard differs else { return }
      report(.paddingConvention(Array(axes), at: padding, uses: scope.uses))
    }
  }
}
