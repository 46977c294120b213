import Testing
import Verification

/// How far `found` is off, as `relativeError` measures it.
func error(
  _ found: [Double], _ expected: [Double], floor: Double = 0, noise: Double = 1e-12
) -> Double {
  relativeError(found, expected, floor: floor, noise: noise)
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
