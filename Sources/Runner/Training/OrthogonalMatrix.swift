/// A matrix whose rows, or where there are more of them than columns whose columns, are orthogonal
/// and of length 1, uniform among all such matrices (Saxe et al., 2014): the Q of a matrix of normal
/// numbers whose R has positive diagonal, as PyTorch's `orthogonal_` makes it.
///
/// It is found by Gram and Schmidt's process, each vector twice, which leaves it orthogonal to the
/// last digit (Kahan and Parlett's "twice is enough"), with the same sums on every machine.
///
/// - Returns: The rows, one after the other.
func orthogonalMatrix(
  rows: Int, columns: Int, generator: inout RandomGenerator
) -> [Double] {
  let (count, length) = (min(rows, columns), max(rows, columns))
  // One vector after the other, each in one stretch of memory.
  var vectors = Array(repeating: 0.0, count: count * length)
  // Drawn row by row, as the matrix lies.
  for row in 0..<rows {
    for column in 0..<columns {
      let place = rows > columns ? column * length + row : row * length + column
      vectors[place] = generator.normal()
    }
  }
  vectors.withUnsafeMutableBufferPointer { all in
    for index in 0..<count {
      let own = UnsafeMutableBufferPointer(rebasing: all[index * length..<(index + 1) * length])
      for _ in 0..<2 {
        for before in 0..<index {
          let other = UnsafeMutableBufferPointer(
            rebasing: all[before * length..<(before + 1) * length])
          let part = product(own, other)
          for k in 0..<length { own[k] -= part * other[k] }
        }
      }
      let size = product(own, own).squareRoot()
      for k in 0..<length { own[k] /= size }
    }
  }
  guard rows > columns else { return vectors }
  return (0..<rows).flatMap { row in (0..<columns).map { vectors[$0 * length + row] } }
}

/// The inner product of two vectors: eight sums side by side, which do not wait for each other.
private func product(
  _ a: UnsafeMutableBufferPointer<Double>, _ b: UnsafeMutableBufferPointer<Double>
) -> Double {
  var sums = SIMD8<Double>()
  let whole = a.count / 8 * 8
  for start in stride(from: 0, to: whole, by: 8) {
    for lane in 0..<8 { sums[lane] += a[start + lane] * b[start + lane] }
  }
  var rest = 0.0
  for k in whole..<a.count { rest += a[k] * b[k] }
  return sums.sum() + rest
}
