import IR

/// Which numbers of the data a factor is for.
private enum ScaledNumbers: String, CaseIterable, Sendable {
  case bytes, all
}

extension Definition<DataTransform> {
  /// `data scale(1/255)`: a factor on the way in.
  package static var scaleData: Self {
    let factor = Key.real("factor", "what each byte of the data is multiplied by")
    let numbers: Key<ScaledNumbers> = .choice(
      "of", default: .bytes,
      "whether floats and other integers are multiplied too, or taken as they are")
    return Definition(
      "scale", "data in bytes, or all data, times a factor", positional: [factor.parameter],
      keyed: [numbers.parameter]
    ) { arguments throws(ArgumentError) in
      DataTransform(
        scale: try arguments.value(factor), ofReals: try arguments.value(numbers) == .all)
    }
  }
}
