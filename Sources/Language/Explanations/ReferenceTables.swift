import IR

/// The layers, losses and settings as tables in Markdown: what the grammar's documentation holds,
/// and a test compares it with, so that the page cannot fall behind the checker.
package enum ReferenceTables {
  /// All of them, a heading for each kind and for each word.
  package static func markdown(of library: Library) -> String {
    var text = ""
    var heading = ""
    for word in Topics.words(of: library) {
      if word.heading != heading, !heading.isEmpty { text += "## \(word.heading)\n\n" }
      heading = word.heading
      text += "### \(word.signature.keyword)\n\n`\(word.signature.usage)`: "
      text += "\(word.signature.summary).\n\n"
      text += table(word.signature.parameters)
    }
    text += "## Training\n\n"
    text += table(
      SettingTable.all.compactMap {
        if case .number(let parameter) = $0.form { parameter } else { nil }
      })
    text +=
      "`optimizer` takes an optimizer, by default `sgd`, and with `on` one for some parameters, "
    text +=
      "whose `rate` is the\nlearning rate as a factor of that for all, and whose `epochs` says for how many of "
    text += "them they move; "
    text +=
      "`clip` a clipping and `average` an average, by default none;\n`schedule` a schedule, by default `constant`;\n`initialize` an initializer, by default `he`; `data` what is done to the "
    text +=
      "data, `augment` what is done to them in training, and\n`tta` how an evaluation sees them, by default nothing.\n"
    return text
  }

  private static func table(_ parameters: [Parameter]) -> String {
    if parameters.isEmpty { return "" }
    var text = "| key | takes | default | meaning |\n|---|---|---|---|\n"
    for parameter in parameters {
      let fallback = parameter.fallback.map { "`\($0)`" } ?? "must be given"
      text += "| `\(parameter.name)` | \(parameter.accepts.description) | \(fallback) "
      text += "| \(parameter.meaning) |\n"
    }
    return text + "\n"
  }
}
