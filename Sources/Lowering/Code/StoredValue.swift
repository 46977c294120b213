import IR

/// What each number goes through as a kernel stores it, as C.
package struct StoredValue {
  /// The functions that the C calls.
  package let functions: [ScalarFunction]
  /// Behind the name of the shared function; empty where numbers are stored as they are.
  package let suffix: String
  /// Whether lanes without an example would hold anything but 0, and have to be masked.
  package let masks: Bool
  /// Whether the number is stored before the activation too.
  package let keeps: Bool
  /// How functions pass the activation's slope.
  package let pointer: SlopePointer
  private let activation: Activation?

  package init(_ activation: Activation?, keeps: Bool = false) {
    self.activation = activation
    self.keeps = keeps
    functions = activation.functions
    suffix = activation.suffix + (keeps ? "_kept" : "")
    masks = activation?.function.body.isNotZeroAtZero ?? false
    pointer = activation.pointer
  }

  /// In words, for the comment over the kernel of `layers`: the activation's layer and formula; nil
  /// where there is none.
  package func comment(_ layers: [Int], _ names: CodegenContext) -> String? {
    guard let activation, let layer = layers.last else { return nil }
    return "then through \(names.layer(layer)): y = \(activation.formula(names))"
      + (keeps ? "; z keeps that x" : "")
  }

  /// C for what is stored of `number`, the mask of the lanes being `active`.
  ///
  /// - Parameters:
  ///   - slope: C for its slope.
  ///   - kept: What the number is called where it is stored before the activation too.
  package func text(
    _ number: String, _ names: CodegenContext, slope: String = "*slope", kept: String = "number",
    active: String = "active"
  ) -> String {
    guard let activation else { return number }
    var values = ["number": keeps ? kept : number]
    if activation.slope != nil { values[activation.function.parameters[1]] = "splat(\(slope))" }
    let value = names.vector(activation.applied(to: .variable("number")), values)
    return masks ? "masked(\(value), \(active))" : value
  }

  /// C for the slope of channel `index` where the kernel is called; empty where there is none.
  package func slope(of index: String, _ names: CodegenContext) -> String {
    activation.arguments(names).map { pointer.slopes ? "\($0)[\(index)]" : "*\($0)" }.joined()
  }

  /// C for where a task's slope is, which is that of `channel` where each has its own; empty where
  /// there is none.
  package func slopeArguments(of channel: String, _ names: CodegenContext) -> [String] {
    activation.arguments(names).map { pointer.slopes ? "\($0) + \(channel)" : $0 }
  }
}

/// A shared function that stores numbers as they are, or through an activation.
package struct StoringFunction: SharedFunction {
  package let template, stem: String
  package var name = ""
  let masks, slope, keeps: Bool
  /// C for a number before the activation, and for what is stored.
  let number, value: String

  /// - Parameter number: C for a number before the activation.
  package init(
    _ stem: String, template: String, _ stored: StoredValue, _ number: String,
    _ names: CodegenContext
  ) {
    self.stem = stem + stored.suffix
    self.template = template
    masks = stored.masks
    slope = stored.pointer.slope
    keeps = stored.keeps
    self.number = number
    value = stored.text(number, names)
  }
}
