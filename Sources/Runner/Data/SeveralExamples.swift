import Diagnostics
import Glibc

/// Examples of several inputs or targets: an array by the name of each, or the columns of a table.
enum SeveralExamples {
  /// One part of a directory, or all of a CSV file.
  ///
  /// - Throws: a failure that names the file that is missing or wrong.
  static func load(_ part: Dataset.Part, _ path: String, _ format: ModelFormat) throws -> Examples {
    if TensorFile.isCSV(path), !isDirectory(path) { return try read(table: path, format) }
    for ending in ["", ".gz"] {
      let table = "\(path)/\(part.rawValue).csv\(ending)"
      if access(table, F_OK) == 0 { return try read(table: table, format) }
    }
    return try read(arrays: part, in: path, format)
  }

  /// Whether a directory has anything of a part.
  static func holds(_ part: Dataset.Part, in directory: String, _ format: ModelFormat) -> Bool {
    (["csv", "csv.gz"].map { "\(part.rawValue).\($0)" }
      + (format.inputs + format.targets).map { "\(part.rawValue)-\($0.name).npy" })
      .contains { access("\(directory)/\($0)", F_OK) == 0 }
  }

  /// `train-image.npy`, `train-digit.npy`: one file for each input and each target.
  private static func read(
    arrays part: Dataset.Part, in directory: String, _ format: ModelFormat
  ) throws -> Examples {
    func path(_ value: ModelFormat.Part) -> String {
      "\(directory)/\(part.rawValue)-\(value.name).npy"
    }
    for value in format.inputs + format.targets where access(path(value), F_OK) != 0 {
      throw Failure(
        "there is no such file", path: path(value),
        help: "a model of several inputs or targets reads a file for each, "
          + (format.inputs + format.targets).map { "\(part.rawValue)-\($0.name).npy" }
          .joined(separator: ", ")
          + ", or \(part.rawValue).csv with their columns in this order")
    }
    let first = path(format.inputs[0])
    let shapes = try format.inputs.map { value in
      let shape = try NPY.shape(of: path(value))
      try value.format.checkInputs(shape, path: path(value))
      return shape
    }
    let count = try Dataset.checkedCount(shapes[0], path: first)
    try ModelFormat.checkCounts(shapes, paths: format.inputs.map(path))
    for target in format.targets {
      try target.format.checkTargets(
        NPY.shape(of: path(target)), count: count, path: path(target), inputsPath: first)
    }
    let inputs = try format.inputs.map {
      try $0.format.inputs(NPY.read(path($0)), path: path($0))
    }
    return Examples(
      inputs: inputs,
      targets: try format.targets.map {
        try $0.format.targets(
          NPY.read(path($0)), count: count, path: path($0), inputsPath: first)
      })
  }

  /// The columns of the inputs in their order, then those of the targets.
  private static func read(table path: String, _ format: ModelFormat) throws -> Examples {
    let values = format.inputs + format.targets
    let wanted = values.reduce(0) { $0 + $1.count }
    let csv = try CSV(path, columns: wanted)
    let columns = csv.table.shape[1]
    guard columns == wanted else {
      let list = values.map { "\($0.count) of \($0.name)" }.joined(separator: ", ")
      throw Failure("has \(columns) columns, the model wants \(wanted): \(list)", path: path)
    }
    var start = 0
    func next(_ value: ModelFormat.Part) -> Range<Int> {
      defer { start += value.count }
      return start..<start + value.count
    }
    return Examples(
      inputs: try format.inputs.map {
        try CSVExamples.inputs(of: csv, next($0), $0.format, path: path)
      },
      targets: try format.targets.map {
        try CSVExamples.targets(of: csv, next($0), $0.format, path: path)
      })
  }
}
