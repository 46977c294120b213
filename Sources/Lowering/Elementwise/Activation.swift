import IR

/// An activation whose slope is learned: a function of a number and of the slope, which is the layer's
/// only parameter.
package protocol SlopedActivation: Operation {
  /// What becomes of a number, its first parameter, the second being the slope.
  var slopedFunction: ScalarFunction { get }
  /// What its layer calls the slope.
  var slopeRole: TensorDeclaration.Role { get }
  /// Whether each channel has a slope of its own.
  var hasSlopePerChannel: Bool { get }
  /// The operation of the backward pass whose operands are the gradient of the result, the numbers
  /// before the activation and the slope, and whose results are the gradients of the slope, where it
  /// learns, and of those numbers.
  var slopedGradient: any GradientOperation { get }
}

/// What a kernel makes of each number that it stores.
package struct Activation: Hashable, Sendable {
  /// A function of the number, and of its layer's slope where that is learned.
  package let function: ScalarFunction
  package let slope: Slope?

  /// A slope that is learned.
  package struct Slope: Hashable, Sendable {
    package let tensor: TensorID
    /// Whether each channel has its own.
    package let isPerChannel: Bool
  }

  /// What layer `index` is to the numbers before it; nil where it is no activation.
  package init?(_ operation: any Operation, layer index: Int) {
    if let function = operation.activation {
      (self.function, slope) = (function, nil)
    } else if let sloped = operation as? any SlopedActivation {
      function = sloped.slopedFunction
      slope = Slope(
        tensor: TensorID(layer: index, role: sloped.slopeRole),
        isPerChannel: sloped.hasSlopePerChannel)
    } else {
      return nil
    }
  }

  /// What the names of functions that apply it have in them.
  package var name: String { function.name }

  /// Whether the numbers that it is applied to are needed: its result does not say enough for its gradient,
  /// or for where a number that is not finite arose.
  package var needsOperand: Bool {
    slope != nil || function.slopeOfResult == nil || function.mayOverflow
  }

  /// Whether a gradient's kernel may compute its slope again from the numbers before it: it takes a few
  /// instructions, and nothing is learned.
  package var isCheap: Bool { slope == nil && function.body.isCheap }

  /// What becomes of `number`.
  package func applied(to number: ScalarExpression) -> ScalarExpression {
    .call(function, [number] + function.parameters.dropFirst().map(ScalarExpression.variable))
  }

  /// The formula, for a comment.
  package func formula(_ names: CodegenContext) -> String {
    formula(of: .variable(function.parameters[0]), names)
  }

  package func formula(of number: ScalarExpression, _ names: CodegenContext) -> String {
    let whole = function.body.substituting([function.parameters[0]: number]).inlined.formula
    return whole + (slope.map { ", slope that of \(names.layer($0.tensor.layer))" } ?? "")
  }
}

extension Activation? {
  /// What the kernel that applies it calls.
  package var functions: [ScalarFunction] { map { [$0.function] } ?? [] }

  /// What the names of functions that apply it end with.
  package var suffix: String { map { "_\($0.name)" } ?? "" }

  /// The slope that the kernel reads besides.
  package var effects: [Effect] { slopes.map { .read(.parameter($0.tensor)) } }

  /// C for the slope where the kernel is called.
  package func arguments(_ names: CodegenContext) -> [String] {
    slopes.map { names.parameter($0.tensor) }
  }

  /// Which pointer to a slope functions pass.
  package var pointer: SlopePointer {
    SlopePointer(slope: !slopes.isEmpty, slopes: slopes.contains(where: \.isPerChannel))
  }

  private var slopes: [Activation.Slope] { [self?.slope].compactMap { $0 } }
}

/// How the functions of a kernel pass an activation's slope.
package struct SlopePointer: Hashable, Sendable {
  /// Whether there is one.
  package let slope: Bool
  /// Whether it points to one for each channel.
  package let slopes: Bool
}

extension CodegenContext {
  /// C over vectors of examples for what the activation of a kernel, if it has one, makes of `number`,
  /// whose slope is number `c` of those that `slope` points to.
  package func activated(_ number: String, by activation: Activation?, at c: String) -> String {
    guard let activation else { return number }
    return vector(
      activation.applied(to: .variable("number")),
      ["number": number].merging(slope(of: activation, at: c)) { first, _ in first })
  }

  /// What an activation's function calls its slope, and C for that.
  package func slope(of activation: Activation?, at c: String) -> [String: String] {
    guard let activation, let slope = activation.slope else { return [:] }
    let text = slope.isPerChannel ? "slope[\(c)]" : "*slope"
    return [activation.function.parameters[1]: "splat(\(text))"]
  }

  /// C over vectors of channels for what the activation of a kernel, if it has one, makes of `number`.
  ///
  /// - Parameter slopes: C for the vector of their slopes.
  package func activated(
    _ number: String, by activation: Activation?, slopes: String = "slope[v]"
  ) -> String {
    guard let activation else { return number }
    return vector(activation.function, [number] + (activation.slope == nil ? [] : [slopes]))
  }
}
