import Glibc

/// The discrete Fourier transform of so many numbers, a power of two (Cooley and Tukey, 1965).
struct FourierTransform: Sendable {
  /// How many numbers.
  let size: Int
  private let cosines, sines: [Double]

  init(size: Int) {
    precondition(size > 0 && size & (size - 1) == 0)
    self.size = size
    let angles = (0..<max(size / 2, 1)).map { -2 * Double.pi * Double($0) / Double(size) }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
  }

  /// The absolute values of the first half of the transform of real numbers, its middle included.
  func magnitudes(of numbers: [Double]) -> [Double] {
    var (real, imaginary) = (numbers, [Double](repeating: 0, count: size))
    var other = 0
    for index in 1..<max(size, 1) {
      var bit = size >> 1
      while other & bit != 0 {
        other ^= bit
        bit >>= 1
      }
      other |= bit
      if index < other { real.swapAt(index, other) }
    }
    var half = 1
    while half < size {
      let step = size / (2 * half)
      for start in stride(from: 0, to: size, by: 2 * half) {
        for k in 0..<half {
          let (c, s) = (cosines[k * step], sines[k * step])
          let (a, b) = (start + k, start + k + half)
          let x = real[b] * c - imaginary[b] * s
          let y = real[b] * s + imaginary[b] * c
          (real[b], imaginary[b]) = (real[a] - x, imaginary[a] - y)
          (real[a], imaginary[a]) = (real[a] + x, imaginary[a] + y)
        }
      }
      half *= 2
    }
    return (0...size / 2).map { (real[$0] * real[$0] + imaginary[$0] * imaginary[$0]).squareRoot() }
  }
}
