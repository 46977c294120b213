/// What kind of thing a diagnostic says. The raw value is what messages show between brackets and
/// what `bnc explain` takes.
package enum DiagnosticCode: String, Hashable, Sendable, CaseIterable {
  // The text.
  case invalidCharacter = "invalid-character"
  case invalidNumber = "invalid-number"
  case nameTooLong = "name-too-long"
  case unexpectedToken = "unexpected-token"
  case unclosedBracket = "unclosed-bracket"
  case reservedWord = "reserved-word"
  case unknownStatement = "unknown-statement"
  case tooDeep = "too-deep"

  // Included files.
  case unreadableInclude = "unreadable-include"
  case recursiveInclude = "recursive-include"

  // What a file must hold, and only once.
  case missingStatement = "missing-statement"
  case duplicateStatement = "duplicate-statement"

  // Names.
  case unknownName = "unknown-name"
  case usedBeforeDefinition = "used-before-definition"
  case duplicateName = "duplicate-name"
  case notAValue = "not-a-value"
  case unknownLayer = "unknown-layer"
  case unknownChoice = "unknown-choice"
  case unmatchedPattern = "unmatched-pattern"

  // What stands between parentheses.
  case unknownKey = "unknown-key"
  case duplicateKey = "duplicate-key"
  case missingArgument = "missing-argument"
  case tooManyArguments = "too-many-arguments"
  case wrongKind = "wrong-kind"
  case outOfRange = "out-of-range"
  case divisionByZero = "division-by-zero"

  // Shapes and sizes.
  case invalidShape = "invalid-shape"
  case shapeMismatch = "shape-mismatch"
  case lossMismatch = "loss-mismatch"
  case optimizerMismatch = "optimizer-mismatch"
  case scheduleMismatch = "schedule-mismatch"
  case tooLarge = "too-large"
  case oneValuePerChannel = "one-value-per-channel"
  case nothingToFreeze = "nothing-to-freeze"

  // Blocks.
  case recursiveBlock = "recursive-block"
  case missingResult = "missing-result"

  // What may be meant, but is worth a word.
  case unusedValue = "unused-value"
  case unusedBlock = "unused-block"
  case nothingToLearn = "nothing-to-learn"
  case inertBias = "inert-bias"
  case fixedGamma = "fixed-gamma"
  case momentumConvention = "momentum-convention"
  case doubleSoftmax = "double-softmax"
  case paddingConvention = "padding-convention"
  case noProbability = "no-probability"
  case noLogit = "no-logit"
  case windowLeftOut = "window-left-out"
}
