import Diagnostics
import IR

extension ModelSummary {
  /// The table that `bnc describe` prints, its totals in the last line.
  var text: String {
    var table = TextTable(
      .left, .left, .right,
      rows: [
        [
          "layer", "shape", "parameters", "multiply-adds", "parameter bytes", "state bytes",
          "scratch bytes",
        ]
      ])
    for row in rows {
      let numbers = [
        row.parameters, row.multiplyAdds, row.parameterBytes, row.stateBytes, row.scratchBytes,
      ]
      table.append([row.name, row.shape.description] + numbers.map(grouped))
    }
    table.appendRule()
    let totals = [\Row.parameters, \.multiplyAdds, \.parameterBytes, \.stateBytes].map(total)
    table.append(["total", ""] + (totals + [scratchBytes]).map(grouped))
    return table.text
  }
}
