extension Training {
  /// Whether a trained network's callers hand over bytes unless told otherwise: where training
  /// scales bytes alone.
  package var takesBytes: Bool { dataScale != 1 && !scalesReals && sound == nil }

  /// What a network that takes floats multiplies them by.
  package var scaleOfReals: Double { scalesReals ? dataScale : 1 }

  /// What a trained network's caller hands over, bytes or floats, in words.
  package func meaning(ofBytes bytes: Bool) -> String {
    if let sound { return "what `\(sound.text)` makes of sound, in C order" }
    let factor = "\(Float(dataScale))"
    if bytes {
      return "as the data have them, in C order"
        + (dataScale == 1 ? "" : "; times \(factor) inside")
    }
    if dataScale == 1 { return "as the data have them, in C order" }
    return scalesReals
      ? "as the data have them, in C order; times \(factor) inside"
      : "in C order; where the data have bytes, those times \(factor)"
  }
}
