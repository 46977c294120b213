// Diagnostics about the text of a model.
extension Explanation {
  static let invalidCharacter = Explanation(
    text: """
      Outside comments a model is made of names (A to Z, a to z, 0 to 9 and '_'), numbers and the \
      signs { } ( ) [ ] , : = | + - * /. Anything else means nothing, often because text was copied \
      from a page that replaces quotes, dashes or spaces by look-alikes.
      """,
    wrong: "y = x → relu",
    right: "y = x | relu")

  static let invalidNumber = Explanation(
    text: """
      A number is written with digits, a point between digits, and an exponent: 64, 0.001, 1e-5. \
      Quotients such as 1/255 and sums such as 2 * (width + 1) are worked out. A number too large for \
      a double is an error.
      """,
    wrong: "y = x | conv(8, kernel: 3x3)",
    right: "y = x | conv(8, kernel: 3)")

  static let nameTooLong = Explanation(
    text: """
      Names become names in the generated C and in reports, so they have at most 64 characters. \
      Layers within blocks are called by the use of the block, '_', and their own name; that whole \
      name counts.
      """,
    wrong: "a_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on = x | relu",
    right: "a_short_name = x | relu")

  static let unexpectedToken = Explanation(
    text: """
      The text does not follow the grammar at this place; the message says what could stand there. \
      '+' binds tighter than '|', so what is added to the end of a pipeline needs parentheses \
      around the pipeline.
      """,
    wrong: "y = x | relu + x",
    right: "y = (x | relu) + x")

  static let unclosedBracket = Explanation(
    text: """
      A parenthesis, bracket or brace is opened and never closed. The message points at the opening \
      sign, and its note at the first place where the closing one is missed.
      """,
    wrong: "y = x | conv(8, kernel: 3 | relu",
    right: "y = x | conv(8, kernel: 3) | relu")

  static let reservedWord = Explanation(
    text: """
      The words model, block, training, input, target, loss, const, include, repeat, frozen, as, true \
      and false tell the parts of a model apart and cannot be names. A constant cannot be called like a word that a key takes, \
      such as 'same', whose place it would take.
      """,
    wrong: "loss = x | relu",
    right: "features = x | relu")

  static let unknownStatement = Explanation(
    text: """
      A file holds a model, blocks, constants, included files and a training block. A model holds 'input', 'target', \
      'loss', constants and named values, 'NAME = ...'; a block holds constants and named values only; \
      a training block holds the settings batch, accumulate, epochs, optimizer, clip, average, schedule, initialize, data, augment and tta.
      """,
    wrong: "training { bacth 64 }",
    right: "training { batch 64 }")

  static let tooDeep = Explanation(
    text: """
      Parentheses and repetitions may be nested 64 deep. Inner pipelines and values can have names of \
      their own.
      """,
    wrong: "y = " + String(repeating: "(", count: 65) + "x" + String(repeating: ")", count: 65),
    right: "y = (x | relu) | relu")

  static let unreadableInclude = Explanation(
    text: """
      'include' takes a path in quotes, as seen from the folder of the file that it stands in (of a model \
      from standard input, from the current folder). The file must be there, and be UTF-8 text; all files \
      of a model together have at most 1 MiB.
      """,
    wrong: "include \"no_such_blocks.bn\"",
    right: "")

  static let recursiveInclude = Explanation(
    text: """
      An included file stands in the place of its 'include'. A file that includes itself, directly or \
      through others, would never end. That two files include the same third one is fine: it counts once.
      """,
    wrong: "include \"test.bn\"",
    right: "")

  static let missingStatement = Explanation(
    text: "A file needs one model; a model needs an input, a target and a loss.",
    wrong: "model m { input x: [3] y = x | dense(2) loss softmax_cross_entropy(y, t) }",
    right: """
      model m { input x: [3] target t: class(2) y = x | dense(2) loss softmax_cross_entropy(y, t) }
      """)

  static let duplicateStatement = Explanation(
    text: "A file has one model and one training block; in each, every statement stands once.",
    wrong: "training { batch 64 batch 32 }",
    right: "training { batch 32 }")

  static let recursiveBlock = Explanation(
    text: """
      A block is put in the place of its use when the model is checked. A block that uses itself, \
      directly or through other blocks, would never end.
      """,
    wrong: "block b(c) { out = in | relu | b(c) }",
    right: "block b(c) { out = in | relu | conv(c, kernel: 3) }")

  static let missingResult = Explanation(
    text: """
      A block reads 'in', what is piped into it, and makes 'out', what goes on from it. 'out' is \
      given like any other name, once.
      """,
    wrong: "block b { y = in | relu }",
    right: "block b { out = in | relu }")
}
