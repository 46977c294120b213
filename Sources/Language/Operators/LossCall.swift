import IR

/// How a loss is called: a value, the target, what the loss itself takes, and the reduction, which
/// all of them take.
struct LossCall: Sendable {
  /// What a call makes.
  struct Made: Sendable {
    let function: any LossFunction
    let reduction: Loss.Reduction
  }

  private static let reduction = Key<Loss.Reduction>.choice(
    "reduction", default: .mean, "how the examples' losses become one number")

  /// What stands after the value and the target.
  let definition: Definition<Made>

  init(_ loss: Definition<any LossFunction>) {
    let own = loss.signature
    definition = Definition(
      own.keyword, own.summary, positional: own.positional,
      keyed: own.keyed + [Self.reduction.parameter]
    ) { arguments throws(ArgumentError) in
      Made(
        function: try loss.make(arguments), reduction: try arguments.value(Self.reduction))
    }
  }

  /// The whole call.
  var signature: Signature {
    let rest = definition.signature
    return Signature(
      rest.keyword, rest.summary, operands: [],
      positional: [
        Parameter(
          name: "value", accepts: .anything, fallback: nil,
          meaning: "the name of the value that the loss reads"),
        Parameter(
          name: "target", accepts: .anything, fallback: nil, meaning: "the name of the target"),
      ] + rest.positional, keyed: rest.keyed)
  }
}
