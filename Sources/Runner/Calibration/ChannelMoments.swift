/// Means and variances of a value's channels over any number of examples, in double.
///
/// A part's own mean is taken off before its squares are summed up, and parts are merged by their counts
/// (Chan, Golub and LeVeque, 1979), so that nothing is lost where a mean is large beside the
/// deviations.
struct ChannelMoments: Sendable {
  /// Numbers a channel.
  private(set) var count = 0.0
  private(set) var means: [Double]
  private var squares: [Double]

  init(channels: Int) {
    means = Array(repeating: 0, count: channels)
    squares = means
  }

  /// Of each channel the mean square of what is left without the mean: divided by the count, or by
  /// one less.
  func variances(isUnbiased: Bool) -> [Double] {
    squares.map { $0 / (isUnbiased ? count - 1 : count) }
  }

  /// Adds `size` numbers of each channel; `number(channel, k)` is one of them.
  mutating func add(size: Int, _ number: (_ channel: Int, _ k: Int) -> Double) {
    let added = Double(size)
    let total = count + added
    for channel in means.indices {
      var sum = 0.0
      for k in 0..<size { sum += number(channel, k) }
      let mean = sum / added
      var rest = 0.0
      for k in 0..<size {
        let deviation = number(channel, k) - mean
        rest += deviation * deviation
      }
      let between = mean - means[channel]
      means[channel] += between * (added / total)
      squares[channel] += rest + between * between * (count * added / total)
    }
    count = total
  }
}
