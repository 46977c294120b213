import CodeGeneration
import Diagnostics
import Driver
import Lowering
import Runner

/// What is known of a frozen network: how good it is, and how far from training's evaluation.
struct FrozenFacts {
  /// For the terminal, and for the C's first comment.
  let printed: String
  let comments: [String]

  /// Where the weights are from. Of a path the name alone, in letters that no comment ends with.
  static func weights(_ path: String, _ description: PluginDescription) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let plain = name.unicodeScalars.map {
      $0.isASCII && $0.value > 32 && $0.value < 127 && $0 != "\\" && $0 != "?"
        ? String($0) : "_"
    }.joined()
    return
      "The weights are those of \(plain.prefix(80)): \(description.parameterCount) parameters."
  }

  /// Compiles `frozen`, and runs it beside the network's own evaluation.
  init(
    of net: Network, _ frozen: FrozenSource, _ options: FrozenOptions, _ plan: PlanOptions,
    check: String, _ part: Dataset.Part, compiler: CCompiler
  ) throws {
    let description = net.plugin.description
    let pool = try ThreadPool(threads: availableCores())
    let (examples, note) = try DataOption.examples(
      part, of: check == "-" ? nil : check, for: net.plugin, pool: pool)
    noteFiles(examples.notes)
    let evaluation = try net.evaluate(examples, Metric.usual(for: description))
    let form = FrozenForm(
      batch: options.batch, takesBytes: plan.embedding == .bytes,
      made: frozen.probabilities.map { made in
        switch made {
        case .softmax: .softmax
        case .sigmoid: .sigmoid
        case nil: .nothing
        }
      })
    let difference = try FrozenFiles.withLibrary(
      of: frozen, named: options.stem, by: compiler
    ) { path in
      let library = try FrozenLibrary(path: path, scratch: frozen.scratch, weights: frozen.weights)
      return try net.difference(of: library, form, over: examples)
    }
    let metrics = EvaluationText(evaluation, description).description
    let differences =
      [
        "largest difference \(shortest(difference.largest, digits: 2)) of outputs up to "
          + shortest(difference.scale, digits: 3),
        "mean difference \(shortest(difference.mean, digits: 2))",
      ]
      + (difference.answers > 0
        ? ["\(difference.changed) of \(difference.answers) answers change"] : [])
    printed = (note ?? "") + metrics + differences.joined(separator: "\n") + "\n"
    let views =
      description.views.isEmpty
      ? []
      : [
        "Training's evaluation looks at each example \(description.views.count) times; this file once."
      ]
    comments =
      [
        "On \(difference.examples) examples\(check == "-" ? " that bnc draws" : ""), in training's evaluation: "
          + metrics.split(separator: "\n").joined(separator: ", ") + ".",
        "This file against that: \(differences.joined(separator: ", ")).",
      ] + views
  }
}
