/// What is made of sound for a network: the logarithms of mel bands, or cepstral coefficients, of windows
/// of it, or nothing but as many samples.
package struct SoundPreparation: Hashable, Sendable {
  /// Samples a second, of the whole sound, of a window and from one window to the next.
  package var rate, length, window, stride: Int
  /// Mel bands, none where the samples stay what they are, and how many coefficients of the bands' cosine
  /// transform are kept; nil: the bands.
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

  /// So many samples at this rate, as they are.
  package init(rate: Int, length: Int) {
    self.init(
      rate: rate, length: length, window: 1, stride: 1, bands: 0, coefficients: nil, low: 0,
      high: Double(rate) / 2)
  }

  /// Windows, and numbers of each; of samples how many.
  package var shape: [Int] {
    bands == 0 ? [length] : [1 + (length - window) / stride, coefficients ?? bands]
  }

  /// As the model's text has it, in samples and Hertz.
  package var text: String {
    if bands == 0 { return "wave(rate: \(rate), length: \(length))" }
    let what = coefficients.map { "mfcc(\($0), bands: \(bands)" } ?? "log_mel(\(bands)"
    return "\(what), rate: \(rate), length: \(length), window: \(window), stride: \(stride), "
      + "low: \(low), high: \(high))"
  }
}
