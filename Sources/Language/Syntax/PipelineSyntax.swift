import Diagnostics

/// `a + b as NAME | stage | stage`
public struct PipelineSyntax: Hashable, Sendable {
  /// What is added; one where nothing is.
  public var terms: [TermSyntax]
  /// The name of the layer that adds.
  public var sumName: NameSyntax?
  /// What the sum goes through, in order.
  public var stages: [StageSyntax]
  /// From the first term to the last stage.
  public var range: SourceRange
  /// From the first term to the last one.
  public var sumRange: SourceRange
}

/// A value, or a pipeline in parentheses.
public enum TermSyntax: Hashable, Sendable {
  case name(NameSyntax)
  case group(PipelineSyntax)
}

/// `conv(20, kernel: 3) as NAME`
public struct StageSyntax: Hashable, Sendable {
  /// The layer or block, and what it takes.
  public var call: CallSyntax
  /// The name that it is given here.
  public var name: NameSyntax?
  /// The stage.
  public var range: SourceRange
}

/// `NAME` or `NAME(ARGUMENTS)`
public struct CallSyntax: Hashable, Sendable {
  /// What is called.
  public var name: NameSyntax
  /// What stands between the parentheses.
  public var arguments: [ArgumentSyntax]
  /// Whether all of it could be read.
  public var isComplete: Bool
  /// From the name to the closing parenthesis.
  public var range: SourceRange
}

/// `VALUE` or `KEY: VALUE`
public struct ArgumentSyntax: Hashable, Sendable {
  /// The key, if it is given.
  public var key: NameSyntax?
  /// The value.
  public var value: ValueSyntax
  /// The argument.
  public var range: SourceRange
}

/// `1/255`, `0.9`, `biased`, `2 * channels`: factors, and how each joins those before it. Flat, so
/// that a long product cannot exhaust the stack.
public struct ValueSyntax: Hashable, Sendable {
  /// The factors in order, at least one.
  public var factors: [Factor]
  /// From the first to the last.
  public var range: SourceRange

  /// One factor of a product or quotient.
  public struct Factor: Hashable, Sendable {
    /// How it joins what stands before it. The first one multiplies 1.
    public var join: Join
    /// Whether a minus stands before it.
    public var isNegative: Bool
    /// The number or word.
    public var atom: Atom
    /// Where it stands.
    public var range: SourceRange
  }

  /// How a factor joins what stands before it.
  public enum Join: String, Hashable, Sendable {
    case times = "*"
    case over = "/"
  }

  /// A number as it is written, or a word.
  public enum Atom: Hashable, Sendable {
    case number(String)
    case word(String)
  }

  /// The name that this is, if it is nothing but a name.
  public var name: NameSyntax? {
    guard factors.count == 1, !factors[0].isNegative, case .word(let text) = factors[0].atom else {
      return nil
    }
    return NameSyntax(text: text, range: range)
  }
}
