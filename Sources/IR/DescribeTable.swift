/// What a model amounts to, layer by layer: what `bnc describe` prints.
public struct DescribeTable: Hashable, Sendable {
  /// The input first, then the layers in order.
  public var rows: [Row]
  /// Bytes of the scratch region, once a memory plan says so.
  public var scratchBytes: Int?

  /// One layer.
  public struct Row: Hashable, Sendable {
    /// The layer's name.
    public var name: String
    /// The shape of one example's result.
    public var shape: Shape
    /// How many numbers it learns.
    public var parameters: Int
    /// Multiply-adds of the forward pass for one example.
    public var multiplyAdds: Int
    /// Bytes of what it learns.
    public var parameterBytes: Int
    /// Bytes of what it keeps but does not learn.
    public var stateBytes: Int
  }

  /// The table of `model`, whose numbers take `elementBytes` each.
  public init(_ model: Model, elementBytes: Int = 4, scratchBytes: Int? = nil) {
    self.scratchBytes = scratchBytes
    self.rows = [
      Row(
        name: model.input.name, shape: model.input.shape, parameters: 0, multiplyAdds: 0,
        parameterBytes: 0, stateBytes: 0)
    ]
    rows += model.layers.map { layer in
      let operands = model.operandShapes(of: layer)
      let op = layer.op.definition
      let parameters = op.parameters(of: operands).reduce(0) { $0 + $1.elementCount }
      let state = op.state(of: operands).reduce(0) { $0 + $1.elementCount }
      return Row(
        name: layer.name, shape: layer.shape, parameters: parameters,
        multiplyAdds: op.multiplyAdds(of: operands), parameterBytes: parameters * elementBytes,
        stateBytes: state * elementBytes)
    }
  }

  /// The sum of a column; the largest number there is where the sum is larger still.
  public func total(_ column: KeyPath<Row, Int>) -> Int {
    rows.reduce(0) { sum, row in
      let (value, overflow) = sum.addingReportingOverflow(row[keyPath: column])
      return overflow ? .max : value
    }
  }

  /// The table as text, its totals in the last lines.
  public var text: String {
    var cells = [
      ["layer", "shape", "parameters", "multiply-adds", "parameter bytes", "state bytes"]
    ]
    cells += rows.map { row in
      [row.name, row.shape.description]
        + [row.parameters, row.multiplyAdds, row.parameterBytes, row.stateBytes].map(Self.grouped)
    }
    cells.append(
      ["total", ""]
        + [
          total(\.parameters), total(\.multiplyAdds), total(\.parameterBytes), total(\.stateBytes),
        ].map(Self.grouped))
    var lines = Self.aligned(cells)
    lines.insert(String(repeating: "-", count: lines[0].count), at: lines.count - 1)
    if let scratchBytes { lines.append("scratch: \(Self.grouped(scratchBytes)) bytes") }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Words to the left, numbers to the right, two spaces between columns.
  private static func aligned(_ cells: [[String]]) -> [String] {
    let widths = (0..<6).map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { row in
      row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < 2 ? cell + space : space + cell
      }.joined(separator: "  ")
    }
  }

  /// `1 234 567`
  private static func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in "\(number)".reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}
