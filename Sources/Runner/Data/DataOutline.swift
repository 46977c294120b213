import Diagnostics

/// What a data set says of itself, without a model: its parts, shapes and classes, and how a model for
/// it begins.
package struct DataOutline: CustomStringConvertible {
  /// The lines, each with its end.
  package let description: String

  private static let mostRows = 100

  /// Looks at a folder, or at a CSV file.
  ///
  /// - Throws: a failure that names the file that is wrong, or what a folder should hold.
  package init(_ path: String) throws {
    if TensorFile.isCSV(path), !isDirectory(path) {
      let table = try CSV(path).table
      description = Self.text(of: table, path) + Self.beginning(of: table)
      return
    }
    let training = try DatasetFiles.find(.train, directory: path, wantsClasses: true)
    var text = ""
    var beginning = ""
    for part in Dataset.Part.allCases {
      if part == .validation, try !DatasetFiles.holdsValidation(directory: path) { continue }
      let files: DatasetFiles
      do {
        files =
          part == .train
          ? training : try DatasetFiles.find(part, directory: path, wantsClasses: true)
      } catch let failure as Failure where part == .test {
        text += "\ntest: \(failure.what)\n"
        continue
      }
      let found = try Self.outline(files, part, path)
      text += (text.isEmpty ? "" : "\n") + found.text
      if part == .train { beginning = found.beginning }
    }
    description = text + beginning
  }

  /// What the files of a part hold, and how a model for them begins.
  private static func outline(
    _ files: DatasetFiles, _ part: Dataset.Part, _ path: String
  ) throws -> (text: String, beginning: String) {
    switch files {
    case .folders(let folders):
      let outline = try FolderOutline(folders)
      return (outline.text(part), outline.beginning)
    case .table(let path):
      let table = try CSV(path).table
      return (text(of: table, part.rawValue), beginning(of: table))
    case .pair(let inputs, let targets):
      return try text(
        inputs: DatasetFiles.read(inputs), targets: DatasetFiles.read(targets), part)
    case .records(let paths, let variant):
      let (images, labels) = try CIFAR.read(paths, variant, classes: variant.classes)
      return text(inputs: images, targets: labels, part)
    }
  }

  // MARK: Arrays

  private static func text(
    inputs: Tensor, targets: Tensor, _ part: Dataset.Part
  ) -> (text: String, beginning: String) {
    let shape = Array(inputs.shape.dropFirst())
    let count = inputs.shape.first ?? 1
    var text =
      "\(part.rawValue): \(grouped(count)) examples\n"
      + "  inputs \(describe(shape: shape)), \(inputs.type)\n"
    let input = shape.count == 2 ? [1] + shape : shape.isEmpty ? [1] : shape
    let target: String
    if let counts = classCounts(targets) {
      text += "  targets of \(counts.count) classes\n" + Self.table(counts, names: [])
      target = "class(\(counts.count))"
    } else {
      let own = Array(targets.shape.dropFirst())
      text += "  targets \(describe(shape: own)), \(targets.type)\n"
      target = describe(shape: own.isEmpty ? [1] : own)
    }
    return (text, beginning(input: describe(shape: input), target: target))
  }

  /// How often each class stands there, where `targets` are classes: one whole number an example, none
  /// below 0.
  private static func classCounts(_ targets: Tensor) -> [Int]? {
    guard targets.count == targets.shape.first, targets.count > 0, !targets.type.isReal else {
      return nil
    }
    var counts: [Int] = []
    for index in 0..<targets.count {
      guard let label = Int(exactly: targets[index]), (0..<65536).contains(label) else {
        return nil
      }
      if label >= counts.count {
        counts += Array(repeating: 0, count: label + 1 - counts.count)
      }
      counts[label] += 1
    }
    return counts
  }

  // MARK: Tables

  private static func text(of table: Tensor, _ name: String) -> String {
    let (rows, columns) = (table.shape.first ?? 0, table.shape.last ?? 0)
    var shown = TextTable(.right, rows: [["column", "mean", "deviation", "least", "largest"]])
    for column in 0..<min(columns, mostRows) {
      let numbers = (0..<rows).map { table[$0 * columns + column] }
      let mean = numbers.reduce(0, +) / Double(max(rows, 1))
      let squares = numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
      shown.append(
        ["\(column)"]
          + [
            mean, (squares / Double(max(rows, 1))).squareRoot(), numbers.min() ?? 0,
            numbers.max() ?? 0,
          ].map { shortest($0, digits: 6) })
    }
    return "\(name): \(grouped(rows)) rows of \(columns) columns\n" + shown.text
      + (columns > mostRows ? "  and \(columns - mostRows) more\n" : "")
  }

  /// The last column is the target, most often; of classes where its numbers may be some.
  private static func beginning(of table: Tensor) -> String {
    let (rows, columns) = (table.shape.first ?? 0, table.shape.last ?? 0)
    guard rows > 0, columns > 1 else { return "" }
    let last = (0..<rows).map { table[($0 + 1) * columns - 1] }
    let areClasses = last.allSatisfy { $0 == $0.rounded() && $0 >= 0 && $0 < 1000 }
    let target = areClasses ? "class(\(max(2, Int(last.max() ?? 0) + 1)))" : "[1]"
    return beginning(
      ", where the last column is the target,", input: "[\(columns - 1)]", target: target)
  }

  // MARK: Parts of the text

  /// A row for each class, those in front where there are many.
  static func table(_ counts: [Int], names: [String]) -> String {
    var table = TextTable(
      .right, rows: [["class"] + (names.isEmpty ? [] : ["name"]) + ["examples"]])
    for (label, count) in counts.prefix(mostRows).enumerated() {
      let name = names.indices.contains(label) ? [names[label].escapingControls] : []
      table.append(["\(label)"] + name + [grouped(count)])
    }
    return table.text + (counts.count > mostRows ? "  and \(counts.count - mostRows) more\n" : "")
  }

  /// How a model for such data begins.
  static func beginning(_ condition: String = "", input: String, target: String) -> String {
    "\na model for it\(condition) begins with:\n\n  input  x: \(input)\n  target y: \(target)\n"
  }
}
