import Diagnostics
import IR

/// What `bnc explain` can talk about: the codes of diagnostics, and the words of the language with
/// what they take, straight from the tables that the checker reads.
package enum Topics {
  /// What is said about `topic`; nil where it is no code and no word of the language.
  package static func text(about topic: String, in library: Library) -> String? {
    if let code = DiagnosticCode(rawValue: topic) { return text(about: code) }
    // A word can stand in two places: `constant` is a schedule and an initializer.
    let words = words(of: library).filter { $0.signature.keyword == topic }
    if !words.isEmpty { return words.map(text).joined(separator: "\n") }
    return statements.first { $0.keyword == topic }.map { text(about: $0, in: library) }
      ?? SettingTable.all.first { $0.name == topic }.map { text(about: $0, in: library) }
  }

  /// The topic that `word` was most likely meant to be.
  package static func nearest(to word: String, in library: Library) -> String? {
    Suggestion.closest(
      to: word,
      in: DiagnosticCode.allCases.map(\.rawValue) + words(of: library).map(\.signature.keyword)
        + statements.map(\.keyword) + SettingTable.names)
  }

  /// All topics, one per line.
  package static func list(of library: Library) -> String {
    var text = "Diagnostics:\n"
    for code in DiagnosticCode.allCases { text += "  \(code.rawValue)\n" }
    var heading = ""
    for word in words(of: library) {
      if word.heading != heading { text += "\n\(word.heading):\n" }
      heading = word.heading
      text += "  \(word.signature.usage)\n      \(word.signature.summary)\n"
    }
    text += "\nTraining:\n"
    for setting in SettingTable.all { text += "  \(setting.usage)\n      \(setting.summary)\n" }
    return text
  }

  /// A word of the language under its heading.
  struct Word {
    let heading: String
    let signature: Signature
  }

  /// Every word that takes arguments or stands where one of several can.
  static func words(of library: Library) -> [Word] {
    library.operations.map { Word(heading: "Layers", signature: $0.signature) }
      + library.losses.map { Word(heading: "Losses", signature: LossCall($0).signature) }
      + library.penalties.map { Word(heading: "Penalties", signature: $0.signature) }
      + SettingTable.targets.map { Word(heading: "Targets", signature: $0.signature) }
      + library.optimizers.map { Word(heading: "Optimizers", signature: $0.signature) }
      + library.clippings.map { Word(heading: "Clipping", signature: $0.signature) }
      + library.averages.map { Word(heading: "Averages", signature: $0.signature) }
      + library.schedules.map { Word(heading: "Schedules", signature: $0.signature) }
      + library.initializers.map { Word(heading: "Initializers", signature: $0.signature) }
      + library.transforms.map { Word(heading: "Data", signature: $0.signature) }
      + library.augmentations.map { Word(heading: "Augmentation", signature: $0.signature) }
      + library.testAugmentations.map {
        Word(heading: "Test-time augmentation", signature: $0.signature)
      }
  }

  /// A statement that takes one of several words.
  private struct Statement {
    let keyword, form, heading, summary: String
  }

  private static let statements = [
    Statement(
      keyword: "const", form: "const NAME = VALUE", heading: "",
      summary:
        "a number, true, false or a word with a name, in a file, a model or a block; values are "
        + "sums, differences, products and quotients of numbers and constants"),
    Statement(
      keyword: "include", form: "include \"PATH\"", heading: "",
      summary:
        "the blocks and constants of another file, as if they stood here; the path is seen from "
        + "the folder of this file"),
    Statement(
      keyword: "repeat", form: "| repeat COUNT as NAME { STAGE | STAGE }", heading: "",
      summary:
        "in a pipeline: the stages as many times, one after the other; without a name as if they "
        + "were written out, with one their layers are called NAME1_..., NAME2_..., and NAME is the "
        + "repetition's number, from 1"),
    Statement(
      keyword: "frozen", form: "| LAYER frozen, or LAYER frozen(PARAMETER)", heading: "",
      summary: "after a layer, a use of a block, a repetition or a pipeline in parentheses: its "
        + "parameters, or those of the names, do not learn; running statistics move all the same"),
    Statement(
      keyword: "loss",
      form:
        "loss NAME(value, target) + WEIGHT * NAME(value, target) + PENALTY(factor) on PARAMETERS",
      heading: "Losses",
      summary:
        "what training minimizes: a value of the model against a target, or a sum of such losses"),
    Statement(
      keyword: "target", form: "target NAME: KIND, or target NAME: [SIZE]", heading: "Targets",
      summary: "what the network is trained towards: a class, or real values of a shape"),
  ]

  private static func text(about statement: Statement, in library: Library) -> String {
    var text = "\(statement.form)\n\n\(wrap(statement.summary + "."))\n"
    // What a loss adds for parameters is a part of its statement.
    let headings = [statement.heading] + (statement.heading == "Losses" ? ["Penalties"] : [])
    for word in words(of: library) where headings.contains(word.heading) {
      text += listed(word.signature)
    }
    return text
  }

  private static func text(about setting: TrainingSetting, in library: Library) -> String {
    var text = "\(setting.usage)\n\n\(wrap("in the training block: \(setting.summary)."))\n"
    switch setting.form {
    case .number(let parameter):
      let fallback = parameter.fallback.map { "default \($0)" } ?? "must be given"
      text += "  \(parameter.accepts.description); \(fallback)\n"
    case .call(let signatures):
      for signature in signatures(library) { text += listed(signature) }
    }
    return text
  }

  /// A word that can stand there, and what it is.
  private static func listed(_ signature: Signature) -> String {
    "  \(signature.usage)\n" + indent(wrap(signature.summary, width: 72), by: 6)
  }

  private static func text(about code: DiagnosticCode) -> String {
    let explanation = Explanation.of(code)
    var text =
      "\(code.rawValue)\n\n\(wrap(explanation.text))\nWrong:\n\n\(indent(explanation.wrong))"
    if !explanation.right.isEmpty { text += "\nRight:\n\n\(indent(explanation.right))" }
    return text
  }

  private static func text(about word: Word) -> String {
    let signature = word.signature
    var text = "\(signature.usage)\n\n\(wrap(signature.summary + "."))"
    for parameter in signature.parameters {
      let fallback = parameter.fallback.map { "default \($0)" } ?? "must be given"
      text += "\n  \(parameter.name): \(parameter.accepts.description); \(fallback)\n"
      text += indent(wrap(parameter.meaning, width: 72), by: 6)
    }
    return text
  }

  private static func indent(_ text: String, by count: Int = 4) -> String {
    text.split(separator: "\n").map { String(repeating: " ", count: count) + $0 + "\n" }.joined()
  }

  /// `text` in lines of at most `width` characters, each ended.
  private static func wrap(_ text: String, width: Int = 80) -> String {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
