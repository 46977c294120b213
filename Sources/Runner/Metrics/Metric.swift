import Diagnostics

/// Something that says how good a network's outputs are.
package enum Metric: Hashable, Sendable {
  // Of classes, some of labels too.
  /// The share of examples taken for what they are; of labels, of all that are told right.
  case accuracy
  /// The share of examples whose class is among the `count` likeliest.
  case top(Int)
  /// Of each class, or label, the share of right ones among what is taken for it.
  case precision
  /// Of each class, the share of its examples that is taken for it.
  case recall
  /// Of each class, the harmonic mean of precision and recall.
  case f1
  /// How often each class was taken for each other one.
  case confusion
  /// The area under the receiver operating characteristic: how often an example of a class scores
  /// higher than one of another class, ties counted half (Mann and Whitney, 1947).
  case auc

  // Of real values, labels among them.
  case meanAbsoluteError, meanSquaredError, rootMeanSquaredError
  /// 1 less the share of the targets' variance that the errors are: the coefficient of
  /// determination.
  case r2

  private static let words: [(String, Metric)] = [
    ("accuracy", .accuracy), ("precision", .precision), ("recall", .recall), ("f1", .f1),
    ("confusion", .confusion), ("auc", .auc), ("mean_absolute_error", .meanAbsoluteError),
    ("mean_squared_error", .meanSquaredError),
    ("root_mean_squared_error", .rootMeanSquaredError), ("r2", .r2),
  ]

  /// The metric that `word` names: `accuracy`, `top5`.
  package init?(_ word: String) {
    if let (_, metric) = Self.words.first(where: { $0.0 == word }) {
      self = metric
    } else if word.hasPrefix("top"), let count = Int(word.dropFirst(3)), count > 0,
      word == "top\(count)"
    {
      self = .top(count)
    } else {
      return nil
    }
  }

  /// Its word.
  package var name: String {
    if case .top(let count) = self { return "top\(count)" }
    return Self.words.first { $0.1 == self }?.0 ?? ""
  }

  /// Whether it can be had of classes, which shares are as well by the largest one, of labels, or of real
  /// values, which shares and labels are as well.
  func fits(_ kind: Judgement.Kind) -> Bool {
    switch self {
    case .accuracy, .precision, .recall, .f1, .auc: kind != .values
    case .top, .confusion: kind == .classes || kind == .shares
    case .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .r2: kind != .classes
    }
  }

  /// For how many classes there is room: a matrix has a number for each pair of them, and an area
  /// needs every score.
  private var mostClasses: Int? {
    switch self {
    case .precision, .recall, .f1, .confusion: 4096
    case .auc: 1000
    default: nil
    }
  }

  /// The words of all that fit such a target.
  static func words(of kind: Judgement.Kind) -> [String] {
    let words = Self.words.filter { $0.1.fits(kind) }.map(\.0)
    return Metric.top(5).fits(kind) ? words.prefix(1) + ["top5"] + words.dropFirst() : words
  }

  /// Those that a network is judged by where nobody asks for others.
  package static func usual(for description: PluginDescription) -> [Metric] {
    let kinds = description.judgements.map(\.kind)
    return (kinds.contains { $0 == .classes || $0 == .shares } ? [.accuracy] : [])
      + (kinds.contains { $0 != .classes } ? [.meanAbsoluteError, .meanSquaredError] : [])
  }

  /// Those that fit one of a network's targets.
  static func fitting(_ description: PluginDescription) -> [Metric] {
    (words(of: .classes) + words(of: .values)).compactMap {
      (try? list($0, for: description))?.first
    }
  }

  /// The metrics of a list of words with commas between them.
  ///
  /// - Throws: a failure that says which there are, where a word is none of them, or where a metric
  ///   fits none of the network's targets.
  package static func list(
    _ text: String, for description: PluginDescription
  ) throws(Failure) -> [Metric] {
    let judgements = description.judgements
    let known = Judgement.Kind.allCases.filter { judgements.map(\.kind).contains($0) }
    let help = known.map { kind in
      "metrics of \(kind.words) are \(words(of: kind).joined(separator: ", "))"
        + (Metric.top(5).fits(kind) ? ", with any number behind top" : "")
    }.joined(separator: "; ")
    var metrics: [Metric] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = part.filter { $0 != " " }
      guard let metric = Metric(word) else {
        throw Failure("there is no metric '\(word.prefix(40))'", help: help)
      }
      let misfits = judgements.map { metric.misfit($0, of: description) }
      if let misfit = misfits[0], misfits.allSatisfy({ $0 != nil }) {
        throw Failure(misfit.message, help: misfit.help ?? help)
      }
      if !metrics.contains(metric) { metrics.append(metric) }
    }
    return metrics
  }

  /// Why a metric cannot be had of an output held against a target.
  struct Misfit {
    let message: String
    /// nil where the metrics that there are help.
    let help: String?
  }

  /// nil where the metric fits what `judgement` compares.
  func misfit(_ judgement: Judgement, of description: PluginDescription) -> Misfit? {
    let (output, target) = (
      description.outputs[judgement.output], description.targets[judgement.target]
    )
    guard fits(judgement.kind) else {
      return Misfit(
        message: "metric '\(name)' does not fit the target '\(target.name)', which is "
          + judgement.kind.words, help: nil)
    }
    guard let classes = description.classes(of: judgement) else { return nil }
    if case .top(let count) = self, count > classes || output.count == 1 {
      return Misfit(
        message: "metric 'top\(count)' needs an output for each of at least \(count) classes, and "
          + "there are \(output.count == 1 ? "one output and " : "")\(classes) classes",
        help: "accuracy takes any number of classes")
    }
    if let most = mostClasses, classes > most {
      return Misfit(
        message: "metric '\(name)' is for \(grouped(most)) classes at most, and there are "
          + grouped(classes), help: "accuracy and top5 take any number of classes")
    }
    return nil
  }
}
