// Diagnostics about names and what they stand for.
extension Explanation {
  static let unknownName = Explanation(
    text: """
      A pipeline starts with values: the input, or names that statements before it give. A block sees \
      'in' and its own names, and nothing of the model that uses it.
      """,
    wrong: "hidden = x | relu\ny = hiden | relu",
    right: "hidden = x | relu\ny = hidden | relu")

  static let usedBeforeDefinition = Explanation(
    text: """
      Statements are read from top to bottom; a value is made before it is used. Constants, and the \
      parameters of a block with their defaults, are worked out in the order in which they stand.
      """,
    wrong: "y = h | relu\nh = x | relu",
    right: "h = x | relu\ny = h | relu")

  static let duplicateName = Explanation(
    text: """
      A value is given once and keeps its meaning; so do layers, blocks, parameters and constants: of \
      a file, a model or a block each, and those of a block may hide those of the file. Names that are \
      given in a repetition need the repetition to have one, so that they differ. Layers that \
      have no name are called by their kind and ordinal, conv1, conv2, and every layer of the kind \
      counts; a name given with 'as' cannot be one of those. The value that the loss reads may be \
      called as a layer only where it is that layer's result.
      """,
    wrong: "y = x | relu\ny = x | batchnorm",
    right: "h = x | relu\ny = h | batchnorm")

  static let notAValue = Explanation(
    text: """
      The target is what the loss compares with. Nothing else can read it, and a loss reads a named \
      value first and the target second. A number is no value either: it can stand beside one, as in \
      '1 - x', but no layer takes a number alone.
      """,
    wrong: "y = x + t",
    right: "y = x + x")

  static let unknownLayer = Explanation(
    text: """
      After '|' stands a layer of the language or a block of the file. 'bnc explain' lists the \
      layers. Values are joined by '+', '-', '*' and '/', not piped into one another.
      """,
    wrong: "y = x | cnov(8, kernel: 3)",
    right: "y = x | conv(8, kernel: 3)")

  static let unknownChoice = Explanation(
    text: """
      Some places take one word of a short list: losses, optimizers, schedules, initializers, and \
      keys such as 'running_variance'. The help line names the list or the nearest word.
      """,
    wrong: "y = x | batchnorm(running_variance: baised)",
    right: "y = x | batchnorm(running_variance: biased)")

  static let unmatchedPattern = Explanation(
    text: """
      After 'on' stand names of parameters, a layer's name and its parameter's with a point between; \
      '*' stands for any characters. 'bnc describe' shows the layers. Initializers such as 'he' and \
      'orthogonal' start weights, and only 'initialize', 'optimizer' and what a loss adds take 'on'.
      """,
    wrong: "training { initialize constant(0.1) on dense9.bias }",
    right: "training { initialize constant(0.1) on *.bias }")

  static let unusedValue = Explanation(
    text: """
      A named value that nothing reads adds nothing to the loss. Its layers are left out of the \
      compiled model, and the layers that stay keep their names. Often the wrong name was read \
      further down.
      """,
    wrong: "h = x | relu\ny = x | batchnorm",
    right: "h = x | relu\ny = h | batchnorm")

  static let unusedBlock = Explanation(
    text: "A block that no pipeline uses is checked, but adds nothing to the model.",
    wrong: "block b { out = in | relu }",
    right: "")
}
