/// How a parameter moves along its gradient: what it keeps for each parameter, and the arithmetic
/// of one step for one number. `p` is the parameter, `g` its gradient, `t` the number of the step,
/// from 1 on; slots and hyperparameters go by their names.
package struct Optimizer: Hashable, Sendable {
  /// The word in a model file.
  package let keyword: String
  /// Numbers that a step is given, with the model's own values; the learning rate is one of them.
  package let hyperparameters: [Hyperparameter]
  /// What a call said beyond hyperparameters: which form of the arithmetic this is.
  package let forms: [AttributeValue]
  /// What is kept for each number of each parameter from step to step.
  package let slots: [Slot]
  /// Numbers that are the same for all parameters of a step, worked out once: `1 - beta1^t`.
  package let scalars: [Assignment]
  /// What a step does, in order: each sees the new values of those before it. A name that is no
  /// slot, `p` or `g` is a number of this update alone.
  package let updates: [Assignment]
  /// What a step does after that with the parameter as a whole; nil where each number goes by itself.
  package let tensorStep: TensorStep?

  /// A number that a step is given.
  package struct Hyperparameter: Hashable, Sendable {
    /// Its name in the C and in tables: `learning_rate`.
    package let name: String
    /// Its key in a model file: `lr`.
    package let key: String
    package let value: Double
    /// Whether it says how much of the gradients before a step moves along, which schedules may
    /// change: a momentum, or Adam's beta1.
    package let isMomentum: Bool

    /// The hyperparameter `name` that `key` gives the value of.
    package init(_ name: String, _ key: Key<Double>, _ value: Double, isMomentum: Bool = false) {
      self.name = name
      self.key = key.name
      self.value = value
      self.isMomentum = isMomentum
    }
  }

  /// One number for each number of each parameter.
  package struct Slot: Hashable, Sendable {
    package let name: String
    /// Its value before the first step.
    package let start: Double

    package init(_ name: String, start: Double = 0) {
      self.name = name
      self.start = start
    }
  }

  /// A name and the value that it takes.
  package struct Assignment: Hashable, Sendable {
    package let name: String
    package let value: ScalarExpression

    package init(_ name: String, _ value: ScalarExpression) {
      self.name = name
      self.value = value
    }
  }

  package init(
    _ keyword: String, hyperparameters: [Hyperparameter], forms: [AttributeValue] = [],
    slots: [Slot] = [], scalars: [Assignment] = [], updates: [Assignment],
    tensorStep: TensorStep? = nil
  ) {
    self.keyword = keyword
    self.hyperparameters = hyperparameters
    self.forms = forms
    self.slots = slots
    self.scalars = scalars
    self.updates = updates
    self.tensorStep = tensorStep
  }

  /// The parameter, its gradient and the step's number, in expressions.
  package static let parameter = ScalarExpression.variable("p")
  package static let gradient = ScalarExpression.variable("g")
  package static let step = ScalarExpression.variable("t")
  /// The learning rate, in expressions. Schedules and hosts know it by this name.
  package static let learningRate = ScalarExpression.variable(learningRateName)

  private static let learningRateName = "learning_rate"

  /// The learning rate's place among the hyperparameters; nil where there is none.
  package var learningRateIndex: Int? {
    hyperparameters.firstIndex { $0.name == Self.learningRateName }
  }

  /// The momentum's place among the hyperparameters; nil where there is none.
  package var momentumIndex: Int? { hyperparameters.firstIndex(where: \.isMomentum) }

  /// Whether a parameter whose gradient is always 0 stays as it is. With weight decay it does not.
  package var leavesZeroGradientsAlone: Bool {
    // Slots that such a gradient leaves at their start; of the others nothing is assumed.
    var resting = slots.map { ($0.name, ScalarExpression.constant($0.start)) }
    while true {
      var values = Dictionary(uniqueKeysWithValues: resting)
      values["g"] = 0
      for update in updates + (tensorStep?.updates ?? []) {
        let value = update.value.inlined.substituting(values).simplified
        if update.name != "p" {
          values[update.name] = value
        } else if value != Self.parameter {
          return false
        }
      }
      let left = resting.filter { values[$0.0] == $0.1 }
      if left.count == resting.count { return true }
      resting = left
    }
  }
}
