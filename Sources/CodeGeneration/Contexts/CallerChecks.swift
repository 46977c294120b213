import IR

/// C for what an entry point checks of its caller's examples.
enum CallerChecks {
  /// Statements that refuse examples whose rows or types are missing, or of a type that is none.
  ///
  /// - Parameters:
  ///   - inputs: C for the rows of the inputs.
  ///   - types: C for their types.
  static func inputs(of model: Model, _ inputs: String, _ types: String) -> [String] {
    let count = model.inputs.count
    if count == 1 {
      return [
        "if (!\(inputs) || !\(inputs)[0] || !\(types)) return BNC_BAD_ARGUMENT;",
        "if (\(types)[0] != BNC_UINT8 && \(types)[0] != BNC_REAL) return BNC_BAD_ARGUMENT;",
      ]
    }
    return [
      "if (!\(inputs) || !\(types)) return BNC_BAD_ARGUMENT;",
      "for (int k = 0; k < \(count); k++) {",
      "  if (!\(inputs)[k]) return BNC_BAD_ARGUMENT;",
      "  if (\(types)[k] != BNC_UINT8 && \(types)[k] != BNC_REAL) return BNC_BAD_ARGUMENT;",
      "}",
    ]
  }
}
