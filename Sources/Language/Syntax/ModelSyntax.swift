import Diagnostics

/// A model file as it is written: what the parser makes, and what the checker and the formatter
/// read. Parts that could not be read are nil; the parser has already said why.
package struct ModelSyntax: Hashable, Sendable {
  /// Models, blocks, training blocks, constants and included files, in the order of the file.
  package var items: [ItemSyntax]
  /// Whether text was passed over that may have held statements, so that what seems to be missing
  /// may only not have been read.
  package var isDamaged: Bool
  /// The statements and items in that text.
  package var unread: UnreadText
  /// The end of the file.
  package var end: SourceRange
}

/// What stands at the top level of a file.
package enum ItemSyntax: Hashable, Sendable {
  case model(ModelBlockSyntax)
  case block(BlockSyntax)
  case training(TrainingSyntax)
  case constant(ConstantSyntax)
  case include(IncludeSyntax)
}

/// `include "PATH"`
package struct IncludeSyntax: Hashable, Sendable {
  /// The path, relative to the folder of the file that it stands in.
  package var path: String
  /// The path and its quotes.
  package var range: SourceRange
  /// The word `include`.
  package var keyword: SourceRange
}

/// A word that names something.
package struct NameSyntax: Hashable, Sendable {
  /// The name.
  package var text: String
  /// Where it stands.
  package var range: SourceRange
}

/// `model NAME { … }`
package struct ModelBlockSyntax: Hashable, Sendable {
  /// The model's name.
  package var name: NameSyntax?
  /// What stands between the braces.
  package var statements: [StatementSyntax]
  /// The word `model`.
  package var keyword: SourceRange
  /// From the word `model` to the closing brace.
  package var range: SourceRange
}

/// `block NAME(PARAMETERS) { … }`
package struct BlockSyntax: Hashable, Sendable {
  /// The block's name.
  package var name: NameSyntax?
  /// What a use of it can say.
  package var parameters: [ParameterSyntax]
  /// What stands between the braces.
  package var statements: [StatementSyntax]
  /// From the word `block` to the closing brace.
  package var range: SourceRange
}

/// `NAME` or `NAME: DEFAULT` in the head of a block.
package struct ParameterSyntax: Hashable, Sendable {
  /// The parameter's name.
  package var name: NameSyntax
  /// What it is when a use does not say.
  package var fallback: ValueSyntax?
}

/// `training { … }`
package struct TrainingSyntax: Hashable, Sendable {
  /// What stands between the braces.
  package var entries: [TrainingEntrySyntax]
  /// From the word `training` to the closing brace.
  package var range: SourceRange
}

/// `batch 64` or `optimizer sgd(lr: 0.001)`
package struct TrainingEntrySyntax: Hashable, Sendable {
  /// What is set.
  package var name: NameSyntax
  /// To what; nil where it could not be read.
  package var value: EntryValueSyntax?
  /// The parameters that it is for; empty where none are named.
  package var patterns: [NameSyntax] = []
  /// The entry.
  package var range: SourceRange
}

/// What follows an entry's name.
package enum EntryValueSyntax: Hashable, Sendable {
  case number(ValueSyntax)
  case call(CallSyntax)

  /// Where it stands.
  package var range: SourceRange {
    switch self {
    case .number(let value): value.range
    case .call(let call): call.range
    }
  }
}
