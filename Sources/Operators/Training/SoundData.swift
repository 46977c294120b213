import IR

/// The keys of what is made of sound, times in milliseconds.
private enum SoundKeys {
  static let rate = Key.whole("rate", in: 1000...192_000, default: 16000, "samples a second")
  static let length = Key.whole(
    "length", in: 1...60_000, default: 1000,
    "milliseconds of a sound: longer ones are cut, shorter ones go on with silence")
  static let window = Key.whole(
    "window", in: 1...1000, default: 30, "milliseconds of a Hann window")
  static let stride = Key.whole(
    "stride", in: 1...1000, default: 20, "milliseconds from one window to the next")
  static let low = Key.real(
    "low", atLeast: 0, default: 20, "where the lowest band begins, in Hertz")
  static let high = Key.real(
    "high", atLeast: 1, default: 4000, "where the highest band ends, in Hertz")
  static let shared = [
    rate.parameter, length.parameter, window.parameter, stride.parameter, low.parameter,
    high.parameter,
  ]

  /// What lasts as long as `key` says, in samples.
  static func samples(_ key: Key<Int>, _ arguments: Arguments) throws(ArgumentError) -> Int {
    let (rate, milliseconds) = (try arguments.value(rate), try arguments.value(key))
    guard milliseconds * rate % 1000 == 0 else {
      throw ArgumentError(
        key.name, "of \(milliseconds) ms is no whole number of samples at a rate of \(rate)")
    }
    return milliseconds * rate / 1000
  }

  static func preparation(_ arguments: Arguments, bands: Int, coefficients: Int?)
    throws(ArgumentError) -> DataTransform
  {
    let rate = try arguments.value(rate)
    let sound = SoundPreparation(
      rate: rate, length: try samples(length, arguments), window: try samples(window, arguments),
      stride: try samples(stride, arguments), bands: bands, coefficients: coefficients,
      low: try arguments.value(low), high: try arguments.value(high))
    guard sound.window <= sound.length else {
      throw ArgumentError("window", "is longer than the sound")
    }
    guard sound.low < sound.high, sound.high <= Double(rate) / 2 else {
      throw ArgumentError(
        "high", "must be above low, and at most half the rate, which is \(Double(rate) / 2) Hz")
    }
    return DataTransform(sound)
  }
}

extension Definition<DataTransform> {
  /// `data mfcc(10)`: mel-frequency cepstral coefficients.
  package static var mfcc: Self {
    let count = Key.whole("coefficients", in: 1...1024, "how many are kept, from the first on")
    let bands = Key.whole("bands", in: 1...1024, default: 40, "mel bands")
    return Definition(
      "mfcc", "mel-frequency cepstral coefficients of sound, [1, windows, coefficients]",
      positional: [count.parameter], keyed: [bands.parameter] + SoundKeys.shared
    ) { arguments throws(ArgumentError) in
      let (kept, all) = (try arguments.value(count), try arguments.value(bands))
      guard kept <= all else {
        throw ArgumentError("coefficients", "are more than there are bands, \(all)")
      }
      return try SoundKeys.preparation(arguments, bands: all, coefficients: kept)
    }
  }

  /// `data log_mel(40)`: the bands themselves.
  package static var logMel: Self {
    let bands = Key.whole("bands", in: 1...1024, "mel bands")
    return Definition(
      "log_mel", "the logarithms of mel bands of sound, [1, windows, bands]",
      positional: [bands.parameter], keyed: SoundKeys.shared
    ) { arguments throws(ArgumentError) in
      try SoundKeys.preparation(
        arguments, bands: try arguments.value(bands), coefficients: nil)
    }
  }

  /// `data wave`: the samples themselves.
  package static var wave: Self {
    Definition(
      "wave", "the samples of sound as they are, from -1 to 1, [1, samples]",
      keyed: [SoundKeys.rate.parameter, SoundKeys.length.parameter]
    ) { arguments throws(ArgumentError) in
      DataTransform(
        SoundPreparation(
          rate: try arguments.value(SoundKeys.rate),
          length: try SoundKeys.samples(SoundKeys.length, arguments)))
    }
  }
}
