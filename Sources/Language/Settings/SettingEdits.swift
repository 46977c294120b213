import Diagnostics
import IR

extension Frontend {
  /// A value for a setting of a model.
  package struct SettingValue: Hashable, Sendable {
    /// What `ModelSettings` finds the setting by.
    package var name: String
    /// The value as a model says it.
    package var value: String

    package init(name: String, value: String) { (self.name, self.value) = (name, value) }
  }

  /// `source`, which is one file without mistakes, with other values of some of its settings, laid
  /// out as `bnc format` does. What a value is good for is the checker's to say.
  ///
  /// Entries of the training block that are given as a whole come first: the others may be of them.
  ///
  /// - Throws: a failure where there is no such setting, or where what is given for it is no value.
  package static func setting(
    _ values: [SettingValue], in source: SourceFile, library: Library
  ) throws(Failure) -> SourceFile {
    var changed = source
    let names = Set(SettingTable.names)
    let ordered =
      values.filter { names.contains($0.name) } + values.filter { !names.contains($0.name) }
    for value in ordered {
      let setting = try ModelSettings(of: changed, library: library).setting(value.name)
      let text = try written(value, setting.form)
      let bytes = changed.bytes
      let edit = setting.edit
      changed = SourceFile(
        name: source.name,
        text: String(decoding: bytes[..<edit.range.lowerBound], as: UTF8.self) + edit.before + text
          + edit.after + String(decoding: bytes[edit.range.upperBound...], as: UTF8.self))
    }
    guard case .success(let text) = Formatter.format(changed) else {
      throw Failure("cannot be given other settings", path: source.name)
    }
    return SourceFile(name: source.name, text: text)
  }

  /// The entries and constants of `source` that hold the settings `names`, as they are written, each
  /// of them once and in the order of the file.
  package static func statements(
    of names: [String], in source: SourceFile, library: Library
  ) throws(Failure) -> [String] {
    let settings = ModelSettings(of: source, library: library)
    var ranges: Set<Range<Int>> = []
    for name in names {
      if let statement = try settings.setting(name).statement { ranges.insert(statement) }
    }
    return ranges.sorted { $0.lowerBound < $1.lowerBound }.map(source.text)
  }

  /// A value in the one form that a model has for it, so that nothing else comes with it.
  private static func written(
    _ value: SettingValue, _ form: ModelSetting.Form
  ) throws(Failure) -> String {
    let (tokens, mistakes) = Lexer.tokens(of: SourceFile(name: value.name, text: value.value))
    var parser = Parser(tokens: tokens)
    let text: String?
    switch form {
    case .call:
      let call = try? parser.call()
      text = call.flatMap { $0.isComplete ? SyntaxText.call($0) : nil }
    case .value: text = (try? parser.valueOrList()).map(SyntaxText.value)
    }
    if let text, parser.current.kind == .end, !mistakes.hasErrors, !parser.diagnostics.hasErrors {
      return text
    }
    throw Failure(
      "'\(value.value.abbreviated)' is no value for '\(value.name.abbreviated)'",
      help: form == .call
        ? "it is a word with arguments, as 'adam(lr: 0.001)'"
        : "it is a number, a word, or a list in brackets")
  }
}
