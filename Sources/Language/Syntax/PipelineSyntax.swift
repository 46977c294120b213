import Diagnostics

/// `a + b * c as NAME | stage | stage`
package struct PipelineSyntax: Hashable, Sendable {
  /// What is added and subtracted, in order; one where nothing is.
  package var terms: [ProductSyntax]
  /// The name of the layer that makes the whole sum, the last one of it.
  package var sumName: NameSyntax?
  /// What the sum goes through, in order.
  package var stages: [StageSyntax]
  /// From the first term to the last stage.
  package var range: SourceRange
  /// From the first term to the last one.
  package var sumRange: SourceRange
  /// What does not learn of a pipeline in parentheses.
  package var frozen: FrozenSyntax?

  /// How many operators stand in the sum; 0 where it is one value.
  package var operatorCount: Int { terms.reduce(-1) { $0 + $1.factors.count } }

  /// The operation of several values that the sum is, where it is nothing else: `concat(a, b)`.
  package var onlyCall: CallSyntax? {
    guard operatorCount == 0, let factor = terms.first?.factors.first, !factor.isNegative,
      case .call(let call) = factor.term
    else { return nil }
    return call
  }
}

/// `frozen` or `frozen(weight)`, after what it is about.
package struct FrozenSyntax: Hashable, Sendable {
  /// The parameters by what they are to their layers; all of them where there is none.
  package var names: [NameSyntax]
  /// From the word to the closing parenthesis.
  package var range: SourceRange
}

/// `a * b / c`, and how it joins what stands before it. Flat, as a sum is, so that a long one cannot
/// exhaust the stack.
package struct ProductSyntax: Hashable, Sendable {
  /// Whether it is subtracted.
  package var isSubtracted: Bool
  /// The factors in order, at least one.
  package var factors: [Factor]
  /// From the first to the last.
  package var range: SourceRange

  /// One factor of a product or quotient of values.
  package struct Factor: Hashable, Sendable {
    /// How it joins what stands before it. The first one multiplies 1.
    package var join: ValueSyntax.Join
    /// Whether a minus stands before it.
    package var isNegative: Bool
    /// What it is.
    package var term: TermSyntax
    /// Where it stands.
    package var range: SourceRange
  }
}

/// A value, a number, an operation of several values, or a pipeline in parentheses.
package enum TermSyntax: Hashable, Sendable {
  case name(NameSyntax)
  case number(String)
  case call(CallSyntax)
  case group(PipelineSyntax)
}

/// `conv(20, kernel: 3) frozen as NAME` or `repeat 5 as NAME { … }`
package struct StageSyntax: Hashable, Sendable {
  /// What a value goes through.
  package var work: Work
  /// What does not learn of it.
  package var frozen: FrozenSyntax?
  /// The name that it is given here.
  package var name: NameSyntax?
  /// The stage.
  package var range: SourceRange

  /// What a value goes through.
  package enum Work: Hashable, Sendable {
    /// A layer or a block, and what it takes.
    case call(CallSyntax)
    case repetition(RepetitionSyntax)
  }
}

/// `repeat 5 { stage | stage }`: what a value goes through several times.
package struct RepetitionSyntax: Hashable, Sendable {
  /// How often.
  package var count: ValueSyntax
  /// What stands between the braces, at least one.
  package var stages: [StageSyntax]
  /// The braces.
  package var opening, closing: SourceRange
}

/// `NAME` or `NAME(ARGUMENTS)`
package struct CallSyntax: Hashable, Sendable {
  /// What is called.
  package var name: NameSyntax
  /// What stands between the parentheses.
  package var arguments: [ArgumentSyntax]
  /// Whether all of it could be read.
  package var isComplete: Bool
  /// From the name to the closing parenthesis.
  package var range: SourceRange

  /// Whether this is nothing but a name.
  var isName: Bool { arguments.isEmpty && range == name.range }
}

/// `VALUE` or `KEY: VALUE`
package struct ArgumentSyntax: Hashable, Sendable {
  /// The key, if it is given.
  package var key: NameSyntax?
  package var value: ValueSyntax
  /// The argument.
  package var range: SourceRange
}

/// `1/255`, `0.9`, `biased`, `2 * (channels + 1)`, `[10, 4]`: factors, and how each joins those before
/// it. Flat but for parentheses, so that a long sum of products cannot exhaust the stack.
package struct ValueSyntax: Hashable, Sendable {
  /// The factors in order, at least one.
  package var factors: [Factor]
  /// From the first to the last.
  package var range: SourceRange

  /// One number of a sum, difference, product or quotient.
  package struct Factor: Hashable, Sendable {
    /// How it joins what stands before it: products bind tighter than sums. The first one
    /// multiplies 1.
    package var join: Join
    /// Whether a minus stands before it.
    package var isNegative: Bool
    /// The number, the word, or what stands in parentheses.
    package var atom: Atom
    /// Where it stands.
    package var range: SourceRange
  }

  /// How a factor joins what stands before it.
  package enum Join: String, Hashable, Sendable {
    case times = "*"
    case over = "/"
    case plus = "+"
    case minus = "-"
  }

  /// A number as it is written, a word, a value in parentheses, or a list, which is always the only
  /// factor and holds no lists.
  package enum Atom: Hashable, Sendable {
    case number(String)
    case word(String)
    case group(ValueSyntax)
    case list([ValueSyntax])
  }

  /// The values of the list that this is, if it is one.
  package var list: [ValueSyntax]? {
    guard factors.count == 1, case .list(let values) = factors[0].atom else { return nil }
    return values
  }

  /// The name that this is, if it is nothing but a name.
  package var name: NameSyntax? {
    guard factors.count == 1, !factors[0].isNegative, case .word(let text) = factors[0].atom else {
      return nil
    }
    return NameSyntax(text: text, range: range)
  }

  /// The words in it, from left to right.
  var words: [NameSyntax] {
    factors.flatMap { factor in
      switch factor.atom {
      case .number: [NameSyntax]()
      case .word(let text): [NameSyntax(text: text, range: factor.range)]
      case .group(let value): value.words
      case .list(let values): values.flatMap(\.words)
      }
    }
  }
}
