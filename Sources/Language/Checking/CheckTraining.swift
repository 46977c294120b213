import Diagnostics
import IR

extension Checker {
  /// The settings of a training block over the language's own defaults.
  mutating func check(_ block: TrainingSyntax) -> Training {
    var training = library.defaults
    var seen: [String: SourceRange] = [:]
    var named: [TrainingEntrySyntax] = []
    for entry in block.entries {
      if entry.name.text == "optimizer", !entry.patterns.isEmpty {
        named.append(entry)
        continue
      }
      if entry.name.text == "initialize", !entry.patterns.isEmpty {
        check(named: entry, into: &training)
        continue
      }
      if entry.name.text == "augment" {
        check(augmentation: entry, into: &training)
        continue
      }
      if entry.name.text == "tta" {
        check(testAugmentation: entry)
        continue
      }
      if let pattern = entry.patterns.first { report(.patternOnSetting(entry.name, at: pattern)) }
      if entry.name.text == "data" {
        check(data: entry, &seen, into: &training)
        continue
      }
      if let first = seen[entry.name.text] {
        report(.duplicateStatement(entry.name.text, at: entry.name.range, first: first))
        continue
      }
      seen[entry.name.text] = entry.name.range
      check(entry, into: &training)
    }
    // They are variations of that for all, which may stand after them.
    let whole = block.entries.first { $0.name.text == "optimizer" && $0.patterns.isEmpty }
    for entry in named { check(optimizer: entry, varying: whole, into: &training) }
    return training
  }

  private mutating func check(_ entry: TrainingEntrySyntax, into training: inout Training) {
    switch entry.name.text {
    case "batch":
      training.batch = number(SettingTable.batch, entry) ?? training.batch
    case "accumulate":
      training.accumulated = number(SettingTable.accumulate, entry) ?? training.accumulated
    case "epochs":
      training.epochs = number(SettingTable.epochs, entry) ?? training.epochs
    case "optimizer":
      let optimizer = call(library.optimizers, "optimizer", entry)
      knowsOptimizer = optimizer != nil
      optimizerRange = knowsOptimizer ? entry.value?.range : nil
      training.optimizer = optimizer ?? training.optimizer
    case "clip":
      training.clipping = call(library.clippings, "clipping", entry)
    case "average":
      training.averaging = call(library.averages, "average", entry)
    case "schedule":
      guard let schedule = call(library.schedules, "schedule", entry) else { return }
      scheduleRange = entry.value?.range
      training.schedule = schedule
    case "initialize":
      guard let initializer = call(library.initializers, "initializer", entry) else { return }
      if initializer.readsData, let range = entry.value?.range {
        report(
          .shapeMismatch(
            ShapeError(
              "\(initializer.keyword) is for a convolution that reads an input, and not for all layers",
              help: "name its weight: 'initialize \(initializer.keyword) on conv1.weight'"),
            at: range, uses: []))
        return
      }
      training.initializer = AnyInitializer(initializer)
    default:
      report(.unknownSetting(entry.name, known: SettingTable.names))
    }
  }

  /// `initialize orthogonal on conv*.weight`
  private mutating func check(named entry: TrainingEntrySyntax, into training: inout Training) {
    guard let initializer = call(library.initializers, "initializer", entry) else { return }
    training.namedInitializers.append(
      NamedInitializer(
        AnyInitializer(initializer),
        on: entry.patterns.map { ParameterPattern($0.text, at: $0.range) }))
  }

  /// `optimizer adamw(weight_decay: 0) on *.bias`: what it does not say is as in the entry `whole`.
  private mutating func check(
    optimizer entry: TrainingEntrySyntax, varying whole: TrainingEntrySyntax?,
    into training: inout Training
  ) {
    var said: Arguments?
    if case .call(let call)? = whole?.value,
      let signature = library.optimizers.definition(of: call.name.text)?.signature
    {
      // What is wrong with it is reported once.
      said = arguments(
        of: call, positional: signature.positional, keyed: signature.keyed,
        usage: signature.usage, in: fileScope)
    }
    let optimizer = training.optimizer
    let table = library.optimizers.map { $0.forSome(of: optimizer, said: said ?? Arguments()) }
    guard var named = call(table, "optimizer", entry) else { return }
    named.patterns = entry.patterns.map { ParameterPattern($0.text, at: $0.range) }
    training.namedOptimizers.append(named)
  }

  /// An entry that takes a number.
  private mutating func number<Value>(
    _ key: Key<Value>, _ entry: TrainingEntrySyntax
  ) -> Value? {
    let scope = fileScope
    let constant: Constant
    switch entry.value {
    case .number(let value): constant = evaluate(value, in: scope)
    case .call(let call):
      let name = call.name.text
      constant = call.isName ? scope.constants[name] ?? .word(name) : .word(name)
    case nil: return nil
    }
    guard let value = entry.value,
      accepts(key.parameter, constant, at: value.range, in: scope)
    else { return nil }
    return key.read(constant)
  }

  /// An entry that takes a word with arguments.
  mutating func call<Made>(
    _ table: [Definition<Made>], _ what: String, _ entry: TrainingEntrySyntax
  ) -> Made? {
    switch entry.value {
    case .call(let call): return make(call, from: table, what: what, in: fileScope)
    case .number(let value):
      report(
        .settingNeedsWord(
          entry.name, at: value.range, usages: table.map(\.signature.usage)))
      return nil
    case nil: return nil
    }
  }
}
