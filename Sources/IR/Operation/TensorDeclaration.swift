/// A tensor that a layer owns: a parameter or a running statistic.
package struct TensorDeclaration: Hashable, Sendable {
  /// What it is to its layer, and its name there: `weight`, `running_mean`.
  package var role: Role
  /// The whole shape, canonical: `[out, in, height, width]`, `[out, in]`, `[channels]`.
  package var shape: [Int]
  /// How it starts.
  package var start: Start
  /// Why it does not learn; nil of what does.
  package var held: Held?
  /// Whether the model says that it does not learn: it has no gradient and does not move, be it
  /// initialized or loaded.
  package var isFrozen = false

  /// Why a parameter does not learn: an attribute holds it where it starts.
  package struct Held: Hashable, Sendable {
    /// The attribute's key.
    package let key: String

    package init<Value>(by key: Key<Value>) { self.key = key.name }
  }

  /// What a tensor is to its layer: a C identifier.
  package struct Role: Hashable, Sendable, RawRepresentable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let weight = Role(rawValue: "weight")
    package static let bias = Role(rawValue: "bias")
    package static let gamma = Role(rawValue: "gamma")
    package static let beta = Role(rawValue: "beta")
    package static let runningMean = Role(rawValue: "running_mean")
    package static let runningVariance = Role(rawValue: "running_variance")
    /// 1 once the running statistics hold a batch, else 0; only with `start: first_batch`.
    package static let seen = Role(rawValue: "seen")
  }

  /// How a tensor starts.
  package enum Start: Hashable, Sendable {
    /// A weight between so many inputs and outputs, as the model's initializer says; its first axis
    /// may lie in groups that know nothing of each other.
    case weight(fanIn: Int, fanOut: Int, groups: Int = 1)
    /// Around this value: that value itself, unless the initializer spreads every parameter.
    case around(Double)
    /// This value, whatever the initializer.
    case constant(Double)
    /// These values, whatever the initializer.
    case listed([Double])
  }

  /// A tensor of `shape` that is called as its role.
  package init(_ role: Role, shape: [Int], start: Start, held: Held? = nil) {
    self.role = role
    self.shape = shape
    self.start = start
    self.held = held
  }

  /// Its name in its layer.
  package var name: String { role.rawValue }

  /// How many numbers it holds.
  package var elementCount: Int { shape.reduce(1, *) }
}
