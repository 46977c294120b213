import Diagnostics
import Glibc
import PluginABI

/// What a model makes of sound before its first layer: the logarithms of mel bands, or mel-frequency
/// cepstral coefficients, as TensorFlow defines them and MLPerf Tiny's keyword spotting takes them; or
/// nothing but so many samples.
///
///     spectrum = |FFT(Hann window of so many samples, filled up with zeros to a power of two)|
///     band[b]  = sum of spectrum[f] * triangle[b](mel(f)),  mel(f) = 1127 ln(1 + f / 700)
///     log_mel  = ln(band + 1e-6)
///     mfcc[k]  = sqrt(2 / bands) * sum over b of log_mel[b] * cos(pi k (2 b + 1) / (2 bands))
///
/// The Hann window is the periodic one, and the triangles are straight over mel, not over Hertz:
/// tf.signal.stft, tf.signal.linear_to_mel_weight_matrix, tf.signal.mfccs_from_log_mel_spectrograms.
package struct SoundFeatures: Hashable, Sendable {
  /// Samples a second, of the whole sound, of a window and from one window to the next.
  package let rate, length, window, stride: Int
  /// Mel bands, 0 where the samples stay what they are; and what is kept of the bands' cosine
  /// transform, 0: the bands themselves.
  package let bands, coefficients: Int
  /// Hertz, from which and to which the bands reach.
  package let low, high: Double

  /// What a plugin says of an input.
  ///
  /// - Throws: a failure without a path where it makes no sense.
  init(_ row: bnc_sound) throws {
    (rate, length, window) = (Int(row.rate), Int(row.length), Int(row.window))
    (stride, bands, coefficients) = (Int(row.stride), Int(row.bands), Int(row.coefficients))
    (low, high) = (row.low, row.high)
    guard (1...1 << 20).contains(rate), (1...1 << 24).contains(length), window > 0,
      window <= length, window <= 1 << 16, stride > 0, (0...1024).contains(bands),
      (0...bands).contains(coefficients), low >= 0, low < high, high <= Double(rate) / 2
    else { throw Failure("has a sound front end that cannot be") }
  }

  /// Windows of a sound.
  var frames: Int { 1 + (length - window) / stride }
  /// Numbers of a window.
  var width: Int { coefficients == 0 ? bands : coefficients }

  /// The shape of the features, as a network takes it.
  var shape: [Int] { bands == 0 ? [length] : [frames, width] }
}

/// The features of one sound after the other, with the tables that all share.
struct SoundFrontEnd {
  let features: SoundFeatures
  private let fft: FourierTransform
  private let hann: [Double]
  /// Of each band the first bin that it has and its weights.
  private let bands: [(first: Int, weights: [Double])]
  /// [coefficients][bands]
  private let cosines: [[Double]]

  init(_ features: SoundFeatures) {
    self.features = features
    var size = 1
    while size < features.window { size *= 2 }
    fft = FourierTransform(size: size)
    let window = Double(features.window)
    hann = (0..<features.window).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / window) }
    bands = Self.bands(features, bins: size / 2 + 1)
    let count = Double(features.bands)
    cosines = (0..<features.coefficients).map { k in
      (0..<features.bands).map { band in
        (2 / count).squareRoot() * cos(.pi * Double(k) * (2 * Double(band) + 1) / (2 * count))
      }
    }
  }

  private static func mel(_ hertz: Double) -> Double { 1127 * log(1 + hertz / 700) }

  /// The triangles: each rises from the middle of the band before to its own, and falls to that of the
  /// next. The bin of 0 Hertz belongs to none.
  private static func bands(_ features: SoundFeatures, bins: Int) -> [(
    first: Int, weights: [Double]
  )] {
    let (low, high) = (mel(features.low), mel(features.high))
    let step = (high - low) / Double(features.bands + 1)
    let nyquist = Double(features.rate) / 2
    let mels = (0..<bins).map { mel(nyquist * Double($0) / Double(max(bins - 1, 1))) }
    return (0..<features.bands).map { band in
      let start = low + Double(band) * step
      let (middle, end) = (start + step, start + 2 * step)
      let weights = mels.enumerated().map { bin, mel in
        bin == 0 ? 0 : max(0, min((mel - start) / (middle - start), (end - mel) / (end - middle)))
      }
      guard let first = weights.firstIndex(where: { $0 > 0 }),
        let last = weights.lastIndex(where: { $0 > 0 })
      else { return (0, []) }
      return (first, Array(weights[first...last]))
    }
  }

  /// The features [frames][width] of `samples`, cut or filled up with zeros to the length; of no bands
  /// the samples.
  func callAsFunction(_ samples: [Float]) -> [Double] {
    if features.bands == 0 {
      return (0..<features.length).map { $0 < samples.count ? Double(samples[$0]) : 0 }
    }
    var result: [Double] = []
    for frame in 0..<features.frames {
      let start = frame * features.stride
      var numbers = [Double](repeating: 0, count: fft.size)
      for index in 0..<features.window where start + index < samples.count {
        numbers[index] = Double(samples[start + index]) * hann[index]
      }
      let spectrum = fft.magnitudes(of: numbers)
      let logs = bands.map { band in
        var sum = 0.0
        for (index, weight) in band.weights.enumerated() {
          sum += weight * spectrum[band.first + index]
        }
        return log(sum + 1e-6)
      }
      result +=
        features.coefficients == 0
        ? logs
        : cosines.map { row in zip(row, logs).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    return result
  }
}
