import Diagnostics

/// One layout for every model file. The writer's line breaks within a statement stay, so that a
/// pipeline can be cut where it reads best; everything else is set: one statement a line, two
/// spaces a level, four for what continues a statement, one empty line at most, comments where they
/// were.
package enum Formatter {
  /// `source` in the one layout, or what keeps it from being read.
  package static func format(_ source: SourceFile) -> Result<String, FormattingError> {
    let (tokens, lexical) = Lexer.tokens(of: source)
    var parser = Parser(tokens: tokens)
    let syntax = parser.file()
    let mistakes = (lexical + parser.diagnostics).sortedByPlace()
    if mistakes.hasErrors { return .failure(FormattingError(diagnostics: mistakes)) }
    var layout = Layout(
      starts: StatementStarts.offsets(of: syntax),
      repetitionBraces: RepetitionBraces.offsets(of: syntax))
    for (token, subject) in zip(tokens, subjects(of: tokens)) { layout.add(token, before: subject) }
    return .success(layout.text)
  }

  /// For each token itself or, as a comment belongs to what follows it, the next one that is none.
  private static func subjects(of tokens: [Token]) -> [Token] {
    var subjects: [Token] = []
    subjects.reserveCapacity(tokens.count)
    for token in tokens.reversed() {
      subjects.append(token.kind == .comment ? subjects.last ?? token : token)
    }
    return subjects.reversed()
  }

  /// Why a file cannot be laid out: it cannot be read.
  package struct FormattingError: Error, Hashable, Sendable {
    /// What is wrong with it.
    package var diagnostics: [Diagnostic]
  }
}

/// The braces within pipelines: what stands between them is part of a statement.
enum RepetitionBraces {
  /// The offsets of the opening and the closing ones.
  static func offsets(of syntax: ModelSyntax) -> Set<Int> {
    var offsets: Set<Int> = []
    for item in syntax.items {
      switch item {
      case .model(let model): add(model.statements, to: &offsets)
      case .block(let block): add(block.statements, to: &offsets)
      case .training, .constant, .include: continue
      }
    }
    return offsets
  }

  private static func add(_ statements: [StatementSyntax], to offsets: inout Set<Int>) {
    for case .binding(let binding) in statements {
      if let pipeline = binding.pipeline { add(pipeline, to: &offsets) }
    }
  }

  private static func add(_ pipeline: PipelineSyntax, to offsets: inout Set<Int>) {
    for factor in pipeline.terms.flatMap(\.factors) {
      if case .group(let inner) = factor.term { add(inner, to: &offsets) }
    }
    for stage in pipeline.stages { add(stage, to: &offsets) }
  }

  private static func add(_ stage: StageSyntax, to offsets: inout Set<Int>) {
    guard case .repetition(let repetition) = stage.work else { return }
    offsets.formUnion([repetition.opening.lower.offset, repetition.closing.lower.offset])
    for stage in repetition.stages { add(stage, to: &offsets) }
  }
}

/// Where the statements of a file start.
enum StatementStarts {
  /// The offsets of their first tokens.
  static func offsets(of syntax: ModelSyntax) -> Set<Int> {
    var offsets: Set<Int> = []
    for item in syntax.items {
      switch item {
      case .model(let model):
        offsets.insert(model.range.lower.offset)
        for statement in model.statements { offsets.insert(statement.range.lower.offset) }
      case .block(let block):
        offsets.insert(block.range.lower.offset)
        for statement in block.statements { offsets.insert(statement.range.lower.offset) }
      case .training(let training):
        offsets.insert(training.range.lower.offset)
        for entry in training.entries { offsets.insert(entry.range.lower.offset) }
      case .constant(let constant): offsets.insert(constant.range.lower.offset)
      case .include(let include): offsets.insert(include.keyword.lower.offset)
      }
    }
    return offsets
  }
}
