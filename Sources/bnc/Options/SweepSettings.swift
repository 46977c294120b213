import Runner

extension Sweep {
  /// What tells this sweep from another one. How many combinations are drawn and how many seeds there
  /// are does not: with more of them it goes on.
  func settings(of models: SweepModels) -> SweepSettings {
    let drawn: [SweepSettings.Option] =
      random == nil ? [] : [.init("--random", "a number"), .init("--seed", "\(seed)")]
    let frozen = training.freeze.isEmpty ? nil : training.freeze.joined(separator: ", ")
    let options =
      [.init("--data", data.data)] + training.options.filter { $0.name != "--freeze" }
      + [.init("--freeze", frozen)]
    return SweepSettings(
      model: models.source.name, text: models.source.text,
      options: models.varied.map { .init("--vary \($0.name)", $0.text) } + drawn
        + options.map { .init($0.name, $0.value) }
        + [.init("--skip-bad", data.skipBad ? "given" : nil)])
  }

  /// The command that trains one of its models, word for word.
  func trainCommand(_ model: String, seed: UInt64) -> [String] {
    let options = [.init("--data", data.data)] + training.options
    let values = options.flatMap { option -> [String] in
      guard let value = option.value else { return [] }
      return option.isFlag ? [option.name] : [option.name, value]
    }
    return ["bnc", "train", model] + values + (data.skipBad ? ["--skip-bad"] : [])
      + ["--seed", "\(seed)", "--keep", "best"]
  }
}

extension TrainingArguments {
  /// An option and what it was given; nil where it was left out.
  struct Given {
    var name: String
    var value: String?
    var isFlag = false

    init(_ name: String, _ value: String?, isFlag: Bool = false) {
      (self.name, self.value, self.isFlag) = (name, value, isFlag)
    }
  }

  /// All of them.
  fileprivate var options: [Given] {
    [
      Given("--epochs", epochs.map { "\($0)" }),
      Given("--validation", validation.map { "\($0)" }),
      Given("--stratified", stratified ? "given" : nil, isFlag: true),
      Given("--monitor", monitor),
      Given("--patience", patience.map { "\($0)" }),
      Given("--metrics", metrics),
      Given("--background", background),
      Given("--load", load),
      Given("--strict", strict ? "given" : nil, isFlag: true),
    ] + freeze.map { Given("--freeze", $0) }
  }
}
