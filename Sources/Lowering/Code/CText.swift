import IR

/// How things are written in C.
package enum CText {
  /// A number of type `real`: the shortest decimal that reads back as the same double.
  package static func real(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e6 ? "\(Int(value))" : "(real)\(double(value))"
  }

  /// A double.
  package static func double(_ value: Double) -> String { "\(value)" }

  /// A list between commas.
  package static func list(_ values: [Int]) -> String {
    values.map(String.init).joined(separator: ", ")
  }

  /// A shape as comments show it.
  package static func shape(_ dimensions: [Int]) -> String { "[" + list(dimensions) + "]" }

  /// A call, as a statement.
  package static func call(_ function: String, _ arguments: [String]) -> String {
    "\(function)(\(arguments.joined(separator: ", ")));"
  }
}

extension Partition {
  /// The sizes that occur, in words.
  package var sizeText: String { wide == 0 ? "\(width)" : "\(width + 1) or \(width)" }
}
