/// What a model may be at most. Every product of sizes is checked against `elements` where it
/// arises, so that no later stage can overflow.
package enum Limits {
  /// Characters of a name.
  package static let nameLength = 64
  /// A written size: channels, height, width, features, classes.
  package static let dimension = 1...65536
  /// Sizes of a value's shape, the batch left out.
  package static let ranks = 1...4
  /// Elements of a tensor, batch included, and parameters of a model: fewer than this.
  package static let elements = 1 << 31
  /// Rows and columns of a window, and from one window to the next.
  package static let kernel = 1...255
  /// Examples per step.
  package static let batch = 1...65536
  /// Passes over the training set.
  package static let epochs = 1...1_000_000
  /// Steps that a schedule counts.
  package static let steps = 1_000_000_000
  /// Layers of a model, blocks expanded; uses of blocks and repetitions count too.
  package static let layers = 4096
  /// Penalties of a loss: what they cost a parameter is one expression.
  package static let penalties = 64
  /// Inputs, targets and losses of a model, each.
  package static let parts = 64
  /// Files of a model, those that it includes counted.
  package static let files = 256
  /// Bytes of all files of a model together.
  package static let bytes = 1 << 20
  /// Parentheses and repetitions within each other.
  package static let depth = 64
}
