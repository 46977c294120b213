import IR
import Lowering

/// The value that a convolution puts its sums together with, channels in the lanes, and how it lies.
package struct ChannelSecondOperand: Hashable, Sendable {
  package let placed: SecondOperand.Placed
  package let layout: ChannelLayout

  /// What `second` is, if there is one: an operand with channels in the lanes, where `node` was brought them.
  static func of(_ second: SecondOperand?, in planner: KernelPlanner) -> ChannelSecondOperand? {
    guard let second else { return nil }
    guard let (placed, layout) = second.channels(in: planner) else {
      fatalError("a second operand has examples in the lanes where the first has channels")
    }
    return ChannelSecondOperand(placed: placed, layout: layout)
  }
}

extension ChannelSecondOperand? {
  /// What names of functions that read it have in them.
  var suffix: String { map { "_\($0.placed.function.name)" } ?? "" }

  var functions: [ScalarFunction] { map { [$0.placed.function] } ?? [] }

  var values: [(buffer: BufferID, layout: ChannelLayout)] {
    map { [($0.placed.buffer, $0.layout)] } ?? []
  }

  /// Its shape, for a comment.
  var text: String { map { "other \($0.layout.text), " } ?? "" }

  /// C for it where the kernel is called.
  func arguments(_ names: CodegenContext) -> [String] {
    map { [$0.layout.pitch(of: names.plan.lanes), names.lanes($0.placed.buffer)] } ?? []
  }
}

/// A function that stores a tile of sums.
struct ChannelTileFunction: SharedFunction {
  let template, stem: String
  var name = ""
  /// Whether it is given the slope of what it stores, and another value that the sums are put together with.
  let slope, other: Bool
  /// What is stored.
  let value: String
}

/// One that passes what such a function takes.
struct ChannelTileCaller: SharedFunction {
  let template, stem: String
  var name = ""
  let slope, other: Bool
  let callee: String
}
