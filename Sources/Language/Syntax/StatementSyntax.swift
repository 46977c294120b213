import Diagnostics

/// A statement of a model or a block.
public enum StatementSyntax: Hashable, Sendable {
  case input(InputSyntax)
  case target(TargetSyntax)
  case loss(LossSyntax)
  case binding(BindingSyntax)

  /// The whole statement.
  public var range: SourceRange {
    switch self {
    case .input(let statement): statement.range
    case .target(let statement): statement.range
    case .loss(let statement): statement.range
    case .binding(let statement): statement.range
    }
  }
}

/// `input NAME: SHAPE`
public struct InputSyntax: Hashable, Sendable {
  /// The input's name.
  public var name: NameSyntax
  /// One example's shape.
  public var shape: ShapeSyntax?
  /// The statement.
  public var range: SourceRange
}

/// `target NAME: class(COUNT)` or `target NAME: SHAPE`
public struct TargetSyntax: Hashable, Sendable {
  /// The target's name.
  public var name: NameSyntax
  /// What it is.
  public var kind: Kind?
  /// The statement.
  public var range: SourceRange

  /// What one example's target is.
  public enum Kind: Hashable, Sendable {
    case values(ShapeSyntax)
    case call(CallSyntax)
  }
}

/// `loss NAME(VALUE, TARGET, …)`
public struct LossSyntax: Hashable, Sendable {
  /// The loss and what it takes.
  public var call: CallSyntax?
  /// The statement.
  public var range: SourceRange
}

/// `NAME = PIPELINE`
public struct BindingSyntax: Hashable, Sendable {
  /// The value's name.
  public var name: NameSyntax
  /// What makes it.
  public var pipeline: PipelineSyntax?
  /// The statement.
  public var range: SourceRange
}

/// `[1, 28, 28]`
public struct ShapeSyntax: Hashable, Sendable {
  /// The sizes, outermost first.
  public var dimensions: [ValueSyntax]
  /// From bracket to bracket.
  public var range: SourceRange
}
