import Diagnostics

/// A model file as it is written: what the parser makes, and what the checker and the formatter read.
/// Parts that could not be read are nil; the parser has already said why.
public struct ModelSyntax: Hashable, Sendable {
  /// Models, blocks and training blocks, in the order of the file.
  public var items: [ItemSyntax]
  /// Whether text was passed over that may have held statements, so that what seems to be missing
  /// may only not have been read.
  public var isDamaged: Bool
  /// The statements and items in that text.
  public var unread: UnreadText
  /// The end of the file.
  public var end: SourceRange
}

/// What stands at the top level of a file.
public enum ItemSyntax: Hashable, Sendable {
  case model(ModelBlockSyntax)
  case block(BlockSyntax)
  case training(TrainingSyntax)
}

/// A word that names something.
public struct NameSyntax: Hashable, Sendable {
  /// The name.
  public var text: String
  /// Where it stands.
  public var range: SourceRange
}

/// `model NAME { … }`
public struct ModelBlockSyntax: Hashable, Sendable {
  /// The model's name.
  public var name: NameSyntax?
  /// What stands between the braces.
  public var statements: [StatementSyntax]
  /// The word `model`.
  public var keyword: SourceRange
  /// From the word `model` to the closing brace.
  public var range: SourceRange
}

/// `block NAME(PARAMETERS) { … }`
public struct BlockSyntax: Hashable, Sendable {
  /// The block's name.
  public var name: NameSyntax?
  /// What a use of it can say.
  public var parameters: [ParameterSyntax]
  /// What stands between the braces.
  public var statements: [StatementSyntax]
  /// From the word `block` to the closing brace.
  public var range: SourceRange
}

/// `NAME` or `NAME: DEFAULT` in the head of a block.
public struct ParameterSyntax: Hashable, Sendable {
  /// The parameter's name.
  public var name: NameSyntax
  /// What it is when a use does not say.
  public var fallback: ValueSyntax?
}

/// `training { … }`
public struct TrainingSyntax: Hashable, Sendable {
  /// What stands between the braces.
  public var entries: [TrainingEntrySyntax]
  /// From the word `training` to the closing brace.
  public var range: SourceRange
}

/// `batch 64` or `optimizer sgd(lr: 0.001)`
public struct TrainingEntrySyntax: Hashable, Sendable {
  /// What is set.
  public var name: NameSyntax
  /// To what; nil where it could not be read.
  public var value: EntryValueSyntax?
  /// The entry.
  public var range: SourceRange
}

/// What follows an entry's name.
public enum EntryValueSyntax: Hashable, Sendable {
  case number(ValueSyntax)
  case call(CallSyntax)

  /// Where it stands.
  public var range: SourceRange {
    switch self {
    case .number(let value): value.range
    case .call(let call): call.range
    }
  }
}
