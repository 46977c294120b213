/// The largest difference of two tensors over the largest number of the expected one; infinite
/// where a number is none or the sizes differ. Where `expected` is below `noise` of `floor`, the
/// size of what it was computed from, it is a 0 that came of cancellation, and the difference is
/// taken over `floor`.
package func relativeError(
  _ found: [Double], _ expected: [Double], floor: Double = 0, noise: Double = 1e-12
) -> Double {
  var size = largest([expected])
  if size <= noise * floor { size = floor }
  return error(found, expected, over: size)
}

/// The largest difference of two tensors over `size`; over 1 where that is 0; infinite where a number
/// is none or the sizes differ.
func error(_ found: [Double], _ expected: [Double], over size: Double) -> Double {
  guard found.count == expected.count else { return .infinity }
  let unit = size == 0 ? 1 : size
  return zip(found, expected).reduce(0) { worst, pair in
    let difference = abs(pair.0 - pair.1) / unit
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}

/// The largest number of several tensors, without its sign: the `floor` for gradients that cancel.
package func largest(_ tensors: some Sequence<[Double]>) -> Double {
  tensors.reduce(0) { $1.reduce($0) { max($0, abs($1)) } }
}

/// The root of the sum of the squares of `numbers`.
func norm(_ numbers: [Double]) -> Double {
  numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
}
