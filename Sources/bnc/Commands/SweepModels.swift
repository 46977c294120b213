import Diagnostics
import Driver
import Language
import Operators
import Runner

/// The models of a sweep: one for each combination of its settings, all of them checked.
struct SweepModels {
  /// The model that is varied, as a single file.
  let source: SourceFile
  let varied: [VariedSetting]
  let trials: [SweepTrial]
  /// The model of each trial.
  let sources: [SourceFile]

  /// Reads `path` and `vary`, and writes the models.
  ///
  /// - Throws: `ModelErrors` of the model, or of the first combination of settings that it cannot
  ///   have; a failure about what is varied.
  init(_ path: String, _ vary: [String], random: Int?, seed: UInt64) throws {
    guard path == "-" || path.hasSuffix(".bn") else {
      throw Failure(
        "is no model's text, whose settings could be varied", path: path,
        help: "name the model, *.bn")
    }
    let whole = try ModelFile.model(path)
    let (checked, diagnostics) = Frontend.check(whole, library: .standard)
    if checked == nil { throw ModelErrors(source: whole, diagnostics: diagnostics) }
    DiagnosticOptions.write(diagnostics.filter { $0.severity != .note }, in: whole)
    let source = Frontend.flattened(whole)
    let varied = try vary.map { try VariedSetting($0) }
    if let twice = varied.first(where: { one in varied.count { $0.name == one.name } > 1 }) {
      throw Failure(
        "--vary names the setting '\(twice.name)' twice", help: "list all its values once")
    }
    try Self.checkApart(varied, in: source)
    let trials: [SweepTrial]
    if let random {
      let whole = try Self.wholeSettings(of: varied, in: source)
      trials = try SweepPlan.random(
        varied, count: random, seed: seed, isWhole: { whole.contains($0.name) })
    } else {
      trials = try SweepPlan.grid(varied)
    }
    (self.source, self.varied, self.trials) = (source, varied, trials)
    sources = try trials.map { trial in
      let model = try Self.model(of: trial, in: source)
      let named = SourceFile(name: "\(source.name) with \(trial.words)", text: model.text)
      let (checked, diagnostics) = Frontend.check(named, library: .standard)
      if checked == nil { throw ModelErrors(source: named, diagnostics: diagnostics) }
      return model
    }
  }

  /// Two names of one setting, or an argument of an entry that is varied as a whole and says it: one of
  /// the values would be lost.
  private static func checkApart(_ varied: [VariedSetting], in source: SourceFile) throws {
    let settings = ModelSettings(of: source, library: .standard)
    let known = varied.compactMap { one in
      (try? settings.setting(one.name)).map { (name: one.name, setting: $0, text: one.text) }
    }
    for (index, one) in known.enumerated() {
      if let other = known[..<index].first(where: { $0.setting.path == one.setting.path }) {
        throw Failure(
          "--vary names one setting twice, as '\(other.name)' and '\(one.name)'",
          help: "list all its values once")
      }
    }
    let words = varied.map { $0.name.split(separator: ".").last.map(String.init) ?? $0.name }
    for whole in known where whole.setting.isWhole {
      let said = whole.text.filter { $0 != " " }
      for (one, word) in zip(varied, words)
      where said.contains("(\(word):") || said.contains(",\(word):") {
        throw Failure(
          "--vary says '\(word)' twice, by '\(one.name)' and within '\(whole.name)'",
          help: "take it out of one of them")
      }
    }
  }

  /// The settings among `varied` that take whole numbers only, in the model as it is.
  private static func wholeSettings(
    of varied: [VariedSetting], in source: SourceFile
  ) throws -> Set<String> {
    let settings = ModelSettings(of: source, library: .standard)
    let whole = varied.filter { setting in
      switch (try? settings.setting(setting.name))?.accepts {
      case .whole, .wholeOr: true
      default: false
      }
    }
    return Set(whole.map(\.name))
  }

  private static func model(of trial: SweepTrial, in source: SourceFile) throws -> SourceFile {
    try Frontend.setting(
      trial.settings.map { .init(name: $0.name, value: $0.value) }, in: source, library: .standard)
  }

  /// What the model of `trial` says of what is varied.
  func statements(of trial: SweepTrial) throws -> [String] {
    try Frontend.statements(
      of: varied.map(\.name), in: Self.model(of: trial, in: source), library: .standard)
  }
}
