import Testing

/// The largest difference of two tensors over the largest number of the expected one; infinite
/// where a number is none or the sizes differ. Where `expected` is below `noise` of `floor`, the
/// size of what it was computed from, it is a 0 that came of cancellation, and the difference is
/// taken over `floor`.
func error(
  _ found: [Double], _ expected: [Double], floor: Double = 0, noise: Double = 1e-12
) -> Double {
  guard found.count == expected.count else { return .infinity }
  var size = expected.reduce(0) { max($0, abs($1)) }
  if size <= noise * floor { size = floor }
  if size == 0 { size = 1 }
  return zip(found, expected).reduce(0) { worst, pair in
    let difference = abs(pair.0 - pair.1) / size
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}

/// Expects `found` to be `expected` up to `tolerance` as `error` measures it.
func expectClose(
  _ found: [Double], _ expected: [Double], within tolerance: Double, floor: Double = 0,
  noise: Double = 1e-12, _ what: @autoclosure () -> String,
  _ place: SourceLocation = #_sourceLocation
) {
  let error = error(found, expected, floor: floor, noise: noise)
  #expect(error < tolerance, "\(what()): off by \(error)", sourceLocation: place)
}

/// The largest number of several tensors, without its sign: the `floor` for gradients that cancel.
func largest(_ tensors: some Sequence<[Double]>) -> Double {
  tensors.reduce(0) { $1.reduce($0) { max($0, abs($1)) } }
}
