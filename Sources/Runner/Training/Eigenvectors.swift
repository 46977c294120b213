/// The eigenvalues of a symmetric matrix, the largest first, and an eigenvector of length 1 for each, by
/// Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5): with the same bits on every machine.
///
/// - Parameter matrix: Its rows, one after the other.
func eigenvectors(symmetric matrix: [Double], size: Int) -> (
  values: [Double], vectors: [[Double]]
) {
  var a = matrix
  // Row k becomes the eigenvector of the k-th number of the diagonal.
  var v = (0..<size * size).map { $0 / size == $0 % size ? 1.0 : 0 }
  let scale = a.reduce(0) { $0 + $1 * $1 }
  // It converges quadratically: after ten sweeps or so there is nothing left.
  let mostSweeps = 60
  for _ in 0..<mostSweeps {
    var rest = 0.0
    for row in 0..<size {
      for column in 0..<row { rest += a[row * size + column] * a[row * size + column] }
    }
    if rest <= 1e-34 * scale { break }
    for p in 0..<size {
      for q in p + 1..<max(size, p + 1) { rotate(&a, &v, p, q, size) }
    }
  }
  let order = (0..<size).sorted { left, right in
    let (first, second) = (a[left * size + left], a[right * size + right])
    return first != second ? first > second : left < right
  }
  return (
    order.map { a[$0 * size + $0] }, order.map { Array(v[$0 * size..<($0 + 1) * size]) }
  )
}

/// Makes `a[p][q]` 0 by a rotation of rows and columns p and q, and turns the vectors with it.
private func rotate(_ a: inout [Double], _ v: inout [Double], _ p: Int, _ q: Int, _ size: Int) {
  let off = a[p * size + q]
  if off == 0 { return }
  let theta = (a[q * size + q] - a[p * size + p]) / (2 * off)
  let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
  let cosine = 1 / (tangent * tangent + 1).squareRoot()
  let sine = tangent * cosine
  a.withUnsafeMutableBufferPointer { a in
    for k in 0..<size {
      let (x, y) = (a[k * size + p], a[k * size + q])
      a[k * size + p] = cosine * x - sine * y
      a[k * size + q] = sine * x + cosine * y
    }
    for k in 0..<size {
      let (x, y) = (a[p * size + k], a[q * size + k])
      a[p * size + k] = cosine * x - sine * y
      a[q * size + k] = sine * x + cosine * y
    }
    (a[p * size + q], a[q * size + p]) = (0, 0)
  }
  v.withUnsafeMutableBufferPointer { v in
    for k in 0..<size {
      let (x, y) = (v[p * size + k], v[q * size + k])
      v[p * size + k] = cosine * x - sine * y
      v[q * size + k] = sine * x + cosine * y
    }
  }
}
