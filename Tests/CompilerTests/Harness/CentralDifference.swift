/// Slopes of a function by differences of fourth order (Abramowitz and Stegun, Handbook of Mathematical
/// Functions, 1964, table 25.2), whose error is the fourth power of their step.
struct CentralDifference {
  /// By how much rounding moves what the function comes to.
  let noise: Double
  /// How far a gradient may be from the slope, beside what rounding makes of it.
  let tolerance: Double

  /// Why `gradient` is not the slope at 0 of `function`, of how far its variable is moved; nil where it
  /// is.
  ///
  /// The largest step shows rounding least. A kink may lie within it, and a bend be too sharp for it, but
  /// then not for all.
  func mistake(_ gradient: Double, _ function: (Double) throws -> Double) rethrows -> String? {
    var found: [String] = []
    for step in [1e-3, 1e-4, 1e-5, 1e-6, 1e-7] {
      let near = try function(step) - function(-step)
      let far = try function(2 * step) - function(-2 * step)
      let slope = (8 * near - far) / (12 * step)
      // The weights of the four numbers add up to 18 / 12.
      let allowed = tolerance + 1.5 * noise / step
      if abs(slope - gradient) <= allowed { return nil }
      found.append("\(slope) up to \(allowed)")
    }
    return "is \(gradient), and the slope \(found.joined(separator: ", "))"
  }
}
