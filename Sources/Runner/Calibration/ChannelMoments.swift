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
    let channels = means.count
    add(examples: examples, size: plane) { example, channel, index in
      values[(example * channels + channel) * plane + index]
    }
  }

  /// Adds `size` numbers a channel of each of `examples`; `number` gives one by example, channel and
  /// place.
  mutating func add(examples: Int, size: Int, _ number: (Int, Int, Int) -> Double) {
    let added = Double(examples * size)
    let total = count + added
    for channel in means.indices {
      func sum(_ term: (Double) -> Double) -> Double {
        var sum = 0.0
        for example in 0..<examples {
          for index in 0..<size { sum += term(number(example, channel, index)) }
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
