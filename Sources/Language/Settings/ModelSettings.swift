import Diagnostics
import IR

/// The settings of a model that is one file and has no mistakes, in the order of the reference:
/// those of the training block, written or not, then the constants.
package struct ModelSettings: Sendable {
  private let source: SourceFile
  private let library: Library
  private let block: TrainingSyntax?
  package private(set) var all: [ModelSetting] = []

  /// The settings of `source`.
  package init(of source: SourceFile, library: Library) {
    (self.source, self.library) = (source, library)
    let syntax = Frontend.parse(source).syntax
    block =
      syntax.items.lazy.compactMap { item in
        if case .training(let block) = item { block } else { nil }
      }.first
    for setting in SettingTable.all { add(setting) }
    for item in syntax.items {
      switch item {
      case .constant(let constant): add(constant)
      case .model(let model):
        for case .constant(let constant) in model.statements { add(constant) }
      case .block, .training, .include: continue
      }
    }
  }

  /// The setting that `name` means: its own name, with as much of what it belongs to before it as
  /// tells it from others, `optimizer.lr`.
  ///
  /// - Throws: a failure that lists the settings where none is meant, and those that are where it
  ///   is not clear which.
  package func setting(_ name: String) throws(Failure) -> ModelSetting {
    let words = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    var found = all.filter { $0.isMeant(by: words) }
    if let exact = found.first(where: { $0.path == words }) { found = [exact] }
    if found.count == 1 { return found[0] }
    if found.isEmpty {
      let names = all.map(self.name)
      throw Failure(
        "the model has no setting '\(name.abbreviated)'",
        help: (Suggestion.closest(to: name, in: names).map { "did you mean '\($0)'? " } ?? "")
          + "its settings are \(names.joined(separator: ", ")); any other number of the model can "
          + "be one as a 'const'")
    }
    let names = found.map { $0.path.joined(separator: ".") }
    throw Failure(
      "'\(name.abbreviated)' can be several settings of the model",
      help: Set(names).count == names.count
        ? "name one of \(names.joined(separator: ", "))"
        : "give the one that is meant the value of a 'const', and name that")
  }

  /// The shortest name that means `setting` alone.
  package func name(_ setting: ModelSetting) -> String {
    guard let own = setting.path.last else { return "" }
    let names = [[own]] + setting.path.dropLast().reversed().map { [$0, own] }
    let short = names.first { name in all.count(where: { $0.isMeant(by: name) }) == 1 }
    return (short ?? setting.path).joined(separator: ".")
  }

  // MARK: The training block

  private mutating func add(_ setting: TrainingSetting) {
    let entries = (block?.entries ?? []).filter {
      $0.name.text == setting.name && (setting.isRepeated || $0.patterns.isEmpty)
    }
    switch setting.form {
    case .number(let parameter):
      add([setting.name], parameter.accepts, entry: entries.first) { .init(range: $0) }
    case .call(let signatures):
      if !setting.isRepeated {
        add([setting.name], nil, entry: entries.first, form: .call) { .init(range: $0) }
      }
      for entry in entries {
        guard case .call(let call)? = entry.value else { continue }
        addArguments(of: call, signatures(library), [setting.name], entry)
      }
      if entries.isEmpty, let word = setting.fallback(library) {
        addArguments(ofUnwritten: word, signatures(library), setting.name)
      }
    }
  }

  /// An entry as a whole: what is changed of it is `edit` of where its value stands, or an entry
  /// of its own.
  private mutating func add(
    _ path: [String], _ accepts: Parameter.Accepted?, entry: TrainingEntrySyntax?,
    form: ModelSetting.Form = .value, edit: (Range<Int>) -> ModelSetting.Edit
  ) {
    if let entry {
      guard let range = entry.value?.range else { return }
      all.append(
        ModelSetting(
          path: path, accepts: accepts, statement: ModelSetting.offsets(entry.range), form: form,
          edit: edit(ModelSetting.offsets(range))))
    } else {
      all.append(
        ModelSetting(
          path: path, accepts: accepts, statement: nil, form: form,
          edit: newEntry(path.joined(separator: " ") + " ", "")))
    }
  }

  private mutating func addArguments(
    of call: CallSyntax, _ signatures: [Signature], _ path: [String],
    _ entry: TrainingEntrySyntax
  ) {
    guard let signature = signatures.first(where: { $0.keyword == call.name.text }) else { return }
    var given: [String: Range<Int>] = [:]
    // By place stands what no key gives, as the checker reads it.
    var places = signature.positional.map(\.name)[...]
    for argument in call.arguments {
      guard let key = argument.key?.text ?? places.first else { continue }
      places.removeAll { $0 == key }
      given[key] = ModelSetting.offsets(argument.value.range)
    }
    for parameter in signature.parameters {
      all.append(
        ModelSetting(
          path: path + [call.name.text, parameter.name], accepts: parameter.accepts,
          statement: ModelSetting.offsets(entry.range), form: .value,
          edit: given[parameter.name].map { .init(range: $0) }
            ?? Self.newArgument(parameter.name, of: call)))
    }
  }

  private static func newArgument(_ key: String, of call: CallSyntax) -> ModelSetting.Edit {
    if let last = call.arguments.last {
      let end = last.range.upper.offset
      return .init(range: end..<end, before: ", \(key): ")
    }
    return .init(
      range: ModelSetting.offsets(call.range), before: "\(call.name.text)(\(key): ", after: ")")
  }

  private mutating func addArguments(
    ofUnwritten word: String, _ signatures: [Signature], _ name: String
  ) {
    for parameter in signatures.first(where: { $0.keyword == word })?.parameters ?? [] {
      all.append(
        ModelSetting(
          path: [name, word, parameter.name], accepts: parameter.accepts, statement: nil,
          form: .value, edit: newEntry("\(name) \(word)(\(parameter.name): ", ")")))
    }
  }

  /// An entry at the end of the block, or a block of one entry at the end of the file.
  private func newEntry(_ before: String, _ after: String) -> ModelSetting.Edit {
    guard let block else {
      let end = source.bytes.count
      return .init(
        range: end..<end, before: "\n\ntraining {\n  \(before)", after: "\(after)\n}\n")
    }
    // Before the brace, which is the last byte of the block.
    let brace = max(block.range.lower.offset, block.range.upper.offset - 1)
    return .init(range: brace..<brace, before: "\n  \(before)", after: "\(after)\n")
  }

  // MARK: Constants

  private mutating func add(_ constant: ConstantSyntax) {
    guard let value = constant.value else { return }
    all.append(
      ModelSetting(
        path: ["const", constant.name.text], accepts: nil,
        statement: ModelSetting.offsets(constant.range), form: .value,
        edit: .init(range: ModelSetting.offsets(value.range))))
  }
}
