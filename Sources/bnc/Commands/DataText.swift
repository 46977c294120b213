import Diagnostics
import Runner

/// What `bnc data` prints: how many examples there are, and of each input and target what it holds.
struct DataText: CustomStringConvertible {
  private let dataset: Dataset
  private let network: PluginDescription
  private let parts: [(name: String, examples: Examples)]

  init(_ dataset: Dataset, _ network: PluginDescription) {
    self.dataset = dataset
    self.network = network
    parts =
      [("train", dataset.training)] + (dataset.validation.map { [("validation", $0)] } ?? [])
      + (dataset.hasOwnTest ? [("test", dataset.test)] : [])
  }

  var description: String {
    counts + network.inputs.indices.map(input).joined()
      + network.targets.indices.map(target).joined()
  }

  private var counts: String {
    "examples: "
      + parts.map { "\(grouped($0.examples.count)) in \($0.name)" }.joined(separator: ", ") + "\n"
  }

  private func input(_ index: Int) -> String {
    let input = network.inputs[index]
    let type = dataset.training.numberType(of: index)
    let isScaled = (type == .uint8 || input.scalesReals) && input.scale != 1
    let scale = isScaled ? ", times \(shortest(input.scale, digits: 6))" : ""
    return
      "\ninput '\(input.name)' \(shape(input)), \(type == .uint8 ? "bytes" : "\(type)")\(scale)\n"
      + table(dataset.training.moments(of: index, input))
  }

  private func target(_ index: Int) -> String {
    let target = network.targets[index]
    guard let classes = target.classes else {
      let start = "\ntarget '\(target.name)' \(shape(target)), real values\n"
      return start + (dataset.training.moments(ofTarget: index, target).map(table) ?? "")
    }
    let each = target.count == 1 ? "" : " at each of \(shape(target)) positions"
    let names = dataset.training.classNames.map(\.escapingControls)
    let counted = parts.map {
      $0.examples.classCounts(classes, perExample: target.count, target: index)
    }
    var table = TextTable(
      .right, rows: [["class"] + (names.isEmpty ? [] : ["name"]) + parts.map(\.name)])
    let shown = Self.shown(of: classes)
    for label in shown {
      table.append(
        ["\(label)"] + (names.isEmpty ? [] : [names.indices.contains(label) ? names[label] : ""])
          + counted.map { grouped($0.counts[label]) })
    }
    let rest = shown.count < classes ? "  and \(classes - shown.count) more\n" : ""
    let ignored =
      counted.contains { $0.ignored > 0 }
      ? "  of no class that counts: "
        + zip(parts, counted).map { "\(grouped($1.ignored)) in \($0.name)" }.joined(separator: ", ")
        + "\n" : ""
    return "\ntarget '\(target.name)', \(classes) classes\(each)\n" + table.text + rest + ignored
  }

  /// A row for each channel, those in front where there are many.
  private func table(_ moments: ExampleMoments) -> String {
    var table = TextTable(.right, rows: [["channel", "mean", "deviation", "least", "largest"]])
    let channels = moments.means.count
    let shown = Self.shown(of: channels)
    for channel in shown {
      table.append(
        ["\(channel)"]
          + [
            moments.means[channel], moments.deviations[channel], moments.ranges[channel].lowerBound,
            moments.ranges[channel].upperBound,
          ].map { shortest($0, digits: 6) })
    }
    return table.text + (shown.count < channels ? "  and \(channels - shown.count) more\n" : "")
  }

  private static func shown(of count: Int) -> Range<Int> { 0..<(count <= 100 ? count : 20) }

  private func shape(_ value: PluginValue) -> String {
    "[" + value.shape.map(String.init).joined(separator: ", ") + "]"
  }
}
