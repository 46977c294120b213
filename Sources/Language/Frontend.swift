import Diagnostics
import IR

/// The front end of the compiler: from the text of a model to a checked model. Pure functions.
package enum Frontend {
  /// The tokens of `source`, comments included, the last one `end`, and what is wrong with them.
  package static func tokens(
    of source: SourceFile
  ) -> (tokens: [Token], diagnostics: [Diagnostic]) {
    Lexer.tokens(of: source)
  }

  /// The syntax tree of `source`, whatever is wrong with it, and all that is wrong with it.
  package static func parse(
    _ source: SourceFile
  ) -> (syntax: ModelSyntax, diagnostics: [Diagnostic]) {
    let (tokens, lexical) = Lexer.tokens(of: source)
    var parser = Parser(tokens: tokens)
    let syntax = parser.file()
    return (syntax, (lexical + parser.diagnostics).sortedByPlace())
  }

  /// The model that `source` describes, unless there are errors, and all there is to say about it,
  /// in the order of the file.
  ///
  /// - Parameters:
  ///   - source: The model file, with what it includes (`including`).
  ///   - library: The words of the language.
  ///   - batch: Examples per step in the place of the model's own number.
  ///   - trains: Whether it is to be trained, which takes more than an evaluation.
  package static func check(
    _ source: SourceFile, library: Library, batch: Int? = nil, trains: Bool = true
  ) -> (model: Model?, diagnostics: [Diagnostic]) {
    let (syntax, mistakes) = parseWhole(source)
    let (model, found) = Checker.check(syntax, library: library, batch: batch, trains: trains)
    let all = (mistakes + found).sortedByPlace()
    if !all.hasErrors {
      return model == nil ? (nil, all + [.unexplained]) : (model, all)
    }
    // What seems unused may have its reader in what is wrong.
    return (nil, all.filter { $0.severity == .error })
  }
}
