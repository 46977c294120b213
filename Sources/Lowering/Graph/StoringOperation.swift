import IR

/// An operation of the forward pass whose kernel stores each number of its result once, and can take it
/// through the activation after it: of a pool, of numbers that are moved or lie between others.
package protocol StoringOperation: ForwardOperation {
  /// What each number goes through as it is stored.
  var activation: ScalarFunction? { get set }
  /// Whether a gradient is taken, which has to tell the activation's slope from its result: what it was
  /// applied to is not stored.
  var trains: Bool { get set }
  /// Whether the numbers are stored at all, and not read where they are.
  var stores: Bool { get }
}

extension StoringOperation {
  package var stores: Bool { true }

  package func absorbing(
    _ next: any Operation, from operand: Shape, to result: Shape, layer: Int
  ) -> (any ForwardOperation)? {
    guard activation == nil, stores, let function = next.activation,
      !trains || function.slopeOfResult != nil
    else { return nil }
    var whole = self
    whole.activation = function
    return whole
  }

  /// The same where nothing trains.
  package var evaluating: Self {
    var whole = self
    whole.trains = false
    return whole
  }
}

/// What each number goes through as a kernel stores it, as C.
package struct StoredValue {
  /// The functions that the C calls.
  package let functions: [ScalarFunction]
  /// Behind the name of the shared function; empty where numbers are stored as they are.
  package let suffix: String
  /// Whether lanes without an example would hold anything but 0, and have to be masked.
  package let masks: Bool
  private let activation: ScalarFunction?

  package init(_ activation: ScalarFunction?) {
    self.activation = activation
    functions = activation.map { [$0] } ?? []
    suffix = activation.map { "_\($0.name)" } ?? ""
    masks = activation?.body.isNotZeroAtZero ?? false
  }

  /// In words, for the comment over the kernel of `layers`: the activation's layer and formula; nil
  /// where there is none.
  package func comment(_ layers: [Int], _ names: CodegenContext) -> String? {
    guard let activation, let layer = layers.last else { return nil }
    return "then through \(names.layer(layer)): y = \(activation.body.formula)"
  }

  /// C for what is stored of `number`, the mask of the lanes being `active`.
  package func text(_ number: String, _ names: CodegenContext) -> String {
    let value = names.activated(number, by: activation)
    return masks ? "masked(\(value), active)" : value
  }
}

/// A shared function that stores numbers as they are, or through an activation.
package struct StoringFunction: SharedFunction {
  package let template, stem: String
  package var name = ""
  let masks: Bool
  /// What is stored.
  let value: String

  /// - Parameter number: C for a number before the activation.
  package init(
    _ stem: String, template: String, _ stored: StoredValue, _ number: String,
    _ names: CodegenContext
  ) {
    self.stem = stem
    self.template = template
    masks = stored.masks
    value = stored.text(number, names)
  }
}
