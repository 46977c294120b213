import Diagnostics
import IR

extension Training {
  /// What is made of sounds before the first layer; nil where the data are none.
  var soundText: String? {
    guard let sound else { return nil }
    let noise = background.map { background in
      let attributes = background.attributes.map { "\($0.name): \($0.value)" }
      return
        ", in training after augment \(background.keyword)(\(attributes.joined(separator: ", ")))"
    }
    return "The input is made of sounds by the host: data \(sound.text)\(noise ?? "")."
  }
}

extension ModelSummary {
  /// The table that `bnc describe` prints, its totals in the last line. There is a column of frozen
  /// parameters where there are some; the others are those that learn.
  var text: String {
    let isFrozen = total(\.frozenParameters) > 0
    var columns: [(title: String, column: KeyPath<Row, Int>)] = [("parameters", \.parameters)]
    if isFrozen { columns.append(("frozen", \.frozenParameters)) }
    columns += [
      ("multiply-adds", \.multiplyAdds), ("parameter bytes", \.parameterBytes),
      ("state bytes", \.stateBytes),
    ]
    var table = TextTable(
      .left, .left, .right,
      rows: [["layer", "shape"] + columns.map(\.title) + ["scratch bytes"]])
    for row in rows {
      let numbers = columns.map { row[keyPath: $0.column] } + [row.scratchBytes]
      table.append([row.name, row.shape.description] + numbers.map(grouped))
    }
    table.appendRule()
    let totals = columns.map { total($0.column) } + [scratchBytes]
    table.append(["total", ""] + totals.map(grouped))
    return table.text
  }
}
