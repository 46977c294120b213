import Diagnostics

/// Examples from a CSV file: the inputs' columns, then the targets'.
enum CSVExamples {
  /// Reads the file at `path`.
  ///
  /// - Throws: a failure that names the file, and the line where it is about one.
  static func read(_ path: String, format: ExampleFormat) throws -> Examples {
    let csv = try CSV(path)
    let columns = csv.table.shape[1]
    let inputs = format.inputShape.reduce(1, *)
    let targets = format.targetCount
    guard columns == inputs + targets else {
      let classes = format.classes.map { classes in
        (targets == 1 ? "a class from " : "\(targets) classes from ") + format.labels(classes)
      }
      let target = classes ?? counted(targets, "target")
      throw Failure(
        "has \(columns) columns, the model wants \(inputs + targets): "
          + "\(counted(inputs, "input")), then \(target)", path: path)
    }
    if let classes = format.classes {
      try checkClasses(csv, format, known: format.labels(classes), path: path)
    }
    let count = csv.table.shape[0]
    let wanted = try Tensor(
      shape: [count] + format.targetShape, values: slice(csv.table, inputs..<columns))
    return Examples(
      inputs: try format.inputs(
        Tensor(shape: [count] + format.inputShape, values: slice(csv.table, 0..<inputs)),
        path: path),
      targets: try format.targets(wanted, count: count, path: path, inputsPath: path))
  }

  /// Looked at here, where the line is known.
  private static func checkClasses(
    _ csv: CSV, _ format: ExampleFormat, known: String, path: String
  ) throws {
    let (rows, columns) = (csv.table.shape[0], csv.table.shape[1])
    for row in 0..<rows {
      for column in columns - format.targetCount..<columns {
        let label = csv.table[row * columns + column]
        guard !format.isLabel(label) else { continue }
        throw Failure(
          "has class \(shortest(label, digits: 8)), the model's classes are \(known)",
          path: "\(path):\(csv.firstLine + row)")
      }
    }
  }

  private static func slice(_ table: Tensor, _ wanted: Range<Int>) -> [Double] {
    let columns = table.shape[1]
    return (0..<table.shape[0]).flatMap { row in wanted.map { table[row * columns + $0] } }
  }

  private static func counted(_ count: Int, _ what: String) -> String {
    "\(count) \(what)\(count == 1 ? "" : "s")"
  }
}
