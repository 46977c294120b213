import Diagnostics

/// A statement of a model or a block.
package enum StatementSyntax: Hashable, Sendable {
  case input(InputSyntax)
  case target(TargetSyntax)
  case loss(LossSyntax)
  case constant(ConstantSyntax)
  case binding(BindingSyntax)

  /// The whole statement.
  package var range: SourceRange {
    switch self {
    case .input(let statement): statement.range
    case .target(let statement): statement.range
    case .loss(let statement): statement.range
    case .constant(let statement): statement.range
    case .binding(let statement): statement.range
    }
  }
}

/// `input NAME: SHAPE`
package struct InputSyntax: Hashable, Sendable {
  /// The input's name.
  package var name: NameSyntax
  /// One example's shape.
  package var shape: ShapeSyntax?
  /// The statement.
  package var range: SourceRange
}

/// `target NAME: class(COUNT)` or `target NAME: SHAPE`
package struct TargetSyntax: Hashable, Sendable {
  /// The target's name.
  package var name: NameSyntax
  /// What it is.
  package var kind: Kind?
  /// The statement.
  package var range: SourceRange

  /// What one example's target is.
  package enum Kind: Hashable, Sendable {
    case values(ShapeSyntax)
    case call(CallSyntax)
  }
}

/// `loss NAME(VALUE, TARGET, …) + FACTOR * NAME(VALUE, TARGET, …) + PENALTY(FACTOR) on PATTERN`
package struct LossSyntax: Hashable, Sendable {
  /// What is added up.
  package var terms: [LossTermSyntax]
  /// The statement.
  package var range: SourceRange
}

/// `FACTOR * NAME(VALUE, TARGET, …)` or `PENALTY(FACTOR) on PATTERN, …`
package struct LossTermSyntax: Hashable, Sendable {
  /// What the loss is multiplied by, where it is.
  package var factor: ValueSyntax?
  /// The loss or penalty and what it takes.
  package var call: CallSyntax
  /// The parameters that a penalty is for; empty where none are named.
  package var patterns: [NameSyntax]
  /// All of it.
  package var range: SourceRange
}

/// `const NAME = VALUE`
package struct ConstantSyntax: Hashable, Sendable {
  /// The constant's name.
  package var name: NameSyntax
  /// What it is.
  package var value: ValueSyntax?
  /// The statement.
  package var range: SourceRange
}

/// `NAME = PIPELINE`
package struct BindingSyntax: Hashable, Sendable {
  /// The value's name.
  package var name: NameSyntax
  /// What makes it.
  package var pipeline: PipelineSyntax?
  /// The statement.
  package var range: SourceRange
}

/// `[1, 28, 28]`
package struct ShapeSyntax: Hashable, Sendable {
  /// The sizes, outermost first.
  package var dimensions: [ValueSyntax]
  /// From bracket to bracket.
  package var range: SourceRange
}
