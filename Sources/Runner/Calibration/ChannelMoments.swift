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

  /// Adds the numbers of `values`, [count] + shape, an example's channels being one after the other.
  mutating func add(_ values: Tensor) {
    let examples = values.shape.first ?? 0
    let plane = values.count / max(examples * means.count, 1)
    let added = Double(examples * plane)
    let total = count + added
    for channel in means.indices {
      func sum(_ term: (Double) -> Double) -> Double {
        var sum = 0.0
        for example in 0..<examples {
          let first = (example * means.count + channel) * plane
          for index in first..<first + plane { sum += term(values[index]) }
        }
        return sum
      }
      let mean = sum { $0 } / added
      let rest = sum { ($0 - mean) * ($0 - mean) }
      let between = mean - means[channel]
      means[channel] += between * (added / total)
      squares[channel] += rest + between * between * (count * added / total)
    }
    count = total
  }
}
