import Diagnostics

/// Examples from a CSV file: the inputs' columns, then the targets'.
enum CSVExamples {
  /// Reads the file at `path`.
  ///
  /// - Throws: a failure that names the file, and the line where it is about one.
  static func read(_ path: String, format: ExampleFormat) throws -> Examples {
    let inputs = format.inputShape.reduce(1, *)
    let targets = format.targetCount
    let csv = try CSV(path, columns: inputs + targets)
    let columns = csv.table.shape[1]
    guard columns == inputs + targets else {
      let classes = format.classes.map { classes in
        (targets == 1 ? "a class from " : "\(targets) classes from ") + format.labels(classes)
      }
      let target = classes ?? counted(targets, "target")
      throw Failure(
        "has \(columns) columns, the model wants \(inputs + targets): "
          + "\(counted(inputs, "input")), then \(target)", path: path)
    }
    return Examples(
      inputs: try self.inputs(of: csv, 0..<inputs, format, path: path),
      targets: try self.targets(of: csv, inputs..<columns, format, path: path))
  }

  /// The columns of an input.
  static func inputs(
    of csv: CSV, _ columns: Range<Int>, _ format: ExampleFormat, path: String
  ) throws -> Tensor {
    try format.inputs(slice(csv.table, columns, format.inputShape), path: path)
  }

  /// The columns of a target.
  static func targets(
    of csv: CSV, _ columns: Range<Int>, _ format: ExampleFormat, path: String
  ) throws -> Examples.Targets {
    if let classes = format.classes {
      try checkClasses(csv, columns, format, known: format.labels(classes), path: path)
    }
    return try format.targets(
      slice(csv.table, columns, format.targetShape), count: csv.table.shape[0], path: path,
      inputsPath: path)
  }

  /// Looked at here, where the line is known.
  private static func checkClasses(
    _ csv: CSV, _ columns: Range<Int>, _ format: ExampleFormat, known: String, path: String
  ) throws {
    let (rows, width) = (csv.table.shape[0], csv.table.shape[1])
    for row in 0..<rows {
      for column in columns {
        let label = csv.table[row * width + column]
        guard !format.isLabel(label) else { continue }
        throw Failure(
          "has class \(shortest(label, digits: 8)), the model's classes are \(known)",
          path: "\(path):\(csv.firstLine + row)")
      }
    }
  }

  private static func slice(
    _ table: Tensor, _ wanted: Range<Int>, _ shape: [Int]
  ) throws -> Tensor {
    let (rows, columns) = (table.shape[0], table.shape[1])
    return try Tensor(
      shape: [rows] + shape,
      values: (0..<rows).flatMap { row in wanted.map { table[row * columns + $0] } })
  }

  private static func counted(_ count: Int, _ what: String) -> String {
    "\(count) \(what)\(count == 1 ? "" : "s")"
  }
}
