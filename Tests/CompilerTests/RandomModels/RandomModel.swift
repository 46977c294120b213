import IR

/// A model made up at random, as a structure of which parts can be taken away.
struct RandomModel: Hashable, Sendable {
  var input: Shape
  /// Examples per step.
  var batch: Int
  var body: RandomBody
  var loss: RandomLoss
  /// Whether the body reads the sum of two inputs.
  var hasSecondInput = false
  /// Losses of other values, each with a target of its own.
  var sideLosses: [SideLoss] = []
  /// What training does to the input, and to targets of its places: lines of the training block.
  var augmentations: [String] = []

  /// `0.5 * huber(v1, t1)`
  struct SideLoss: Hashable, Sendable {
    var keyword: String
    /// The value, by its number in the body.
    var value: Int
    var weight: Double
  }
}

/// The statements of a model or a block. Value 0 is what is piped in, value `i + 1` what statement
/// `i` makes; the last one is the result.
struct RandomBody: Hashable, Sendable {
  var statements: [RandomStatement]
}

/// `v3 = concat(v1, v2) | conv(4, kernel: 3) | relu`
struct RandomStatement: Hashable, Sendable {
  var head: Head
  var stages: [RandomStage]

  /// What the stages read.
  enum Head: Hashable, Sendable {
    case value(Int)
    /// A call of several values.
    case joined(RandomCall, [Int])
  }
}

/// A stage of a pipeline.
indirect enum RandomStage: Hashable, Sendable {
  case call(RandomCall, isFrozen: Bool)
  /// `multiply(2.5)`: an operation of two values, the second of which is a number.
  case number(String, Double)
  /// A use of a block; uses of equal bodies are uses of one block.
  case block(RandomBody, isFrozen: Bool)
  case repetition(Int, [RandomStage])
}

/// A call with its arguments in the order of its signature.
struct RandomCall: Hashable, Sendable {
  var keyword: String
  var arguments: [Argument] = []

  struct Argument: Hashable, Sendable {
    var name: String
    var value: Constant
  }
}

/// A loss, its reduction and what it adds for parameters.
struct RandomLoss: Hashable, Sendable {
  var call: RandomCall
  var reduction: Loss.Reduction
  /// In the language's words; empty without any.
  var penalty: String
  /// Which of the kinds of targets that fit is taken.
  var choice: Int
}
