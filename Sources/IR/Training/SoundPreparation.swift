/// What is made of sound for a network: the logarithms of mel bands, or cepstral coefficients, of windows
/// of it.
package struct SoundPreparation: Hashable, Sendable {
  /// Samples a second, of the whole sound, of a window and from one window to the next.
  package var rate, length, window, stride: Int
  /// Mel bands, and how many coefficients of their cosine transform are kept; nil: the bands.
  package var bands: Int
  package var coefficients: Int?
  /// Hertz, from which and to which the bands reach.
  package var low, high: Double

  package init(
    rate: Int, length: Int, window: Int, stride: Int, bands: Int, coefficients: Int?, low: Double,
    high: Double
  ) {
    (self.rate, self.length, self.window, self.stride) = (rate, length, window, stride)
    (self.bands, self.coefficients, self.low, self.high) = (bands, coefficients, low, high)
  }

  /// Windows, and numbers of each.
  package var shape: [Int] { [1 + (length - window) / stride, coefficients ?? bands] }

  /// As the model's text has it, in samples and Hertz.
  package var text: String {
    let what = coefficients.map { "mfcc(\($0), bands: \(bands)" } ?? "log_mel(\(bands)"
    return "\(what), rate: \(rate), length: \(length), window: \(window), stride: \(stride), "
      + "low: \(low), high: \(high))"
  }
}
