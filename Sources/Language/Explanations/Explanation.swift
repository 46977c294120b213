import Diagnostics

/// What `bnc explain CODE` prints: why there is such a diagnostic, a model that has it, and one
/// that does not.
package struct Explanation: Hashable, Sendable {
  /// What it means and what to do, a paragraph.
  package let text: String
  /// A part of a model that has it.
  package let wrong: String
  /// The same part, mended.
  package let right: String

  package static func of(_ code: DiagnosticCode) -> Explanation {
    switch code {
    case .invalidCharacter: invalidCharacter
    case .invalidNumber: invalidNumber
    case .nameTooLong: nameTooLong
    case .unexpectedToken: unexpectedToken
    case .unclosedBracket: unclosedBracket
    case .reservedWord: reservedWord
    case .unknownStatement: unknownStatement
    case .tooDeep: tooDeep
    case .unreadableInclude: unreadableInclude
    case .recursiveInclude: recursiveInclude
    case .missingStatement: missingStatement
    case .duplicateStatement: duplicateStatement
    case .unknownName: unknownName
    case .usedBeforeDefinition: usedBeforeDefinition
    case .duplicateName: duplicateName
    case .notAValue: notAValue
    case .unknownLayer: unknownLayer
    case .unknownChoice: unknownChoice
    case .unmatchedPattern: unmatchedPattern
    case .unknownKey: unknownKey
    case .duplicateKey: duplicateKey
    case .missingArgument: missingArgument
    case .tooManyArguments: tooManyArguments
    case .wrongKind: wrongKind
    case .outOfRange: outOfRange
    case .divisionByZero: divisionByZero
    case .invalidShape: invalidShape
    case .shapeMismatch: shapeMismatch
    case .lossMismatch: lossMismatch
    case .optimizerMismatch: optimizerMismatch
    case .scheduleMismatch: scheduleMismatch
    case .tooLarge: tooLarge
    case .oneValuePerChannel: oneValuePerChannel
    case .nothingToFreeze: nothingToFreeze
    case .recursiveBlock: recursiveBlock
    case .missingResult: missingResult
    case .unusedValue: unusedValue
    case .unusedBlock: unusedBlock
    case .nothingToLearn: nothingToLearn
    case .inertBias: inertBias
    case .fixedGamma: fixedGamma
    case .momentumConvention: momentumConvention
    case .doubleSoftmax: doubleSoftmax
    case .paddingConvention: paddingConvention
    case .noProbability: noProbability
    case .noLogit: noLogit
    case .windowLeftOut: windowLeftOut
    }
  }
}
