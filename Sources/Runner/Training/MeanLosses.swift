/// The means of an evaluation's losses over all examples: of classes that have weights, or of which one is
/// ignored, by what the examples count. So they do not depend on how many examples make a batch.
///
/// A batch's part of a loss is the mean by what its examples count, times their number. Of all batches
/// together that mean is sum(count * part / examples) / sum(count).
struct MeanLosses {
  private var sum = 0.0
  private var sums, weighted, counts: [Double]
  private var examples = 0

  /// - Parameter losses: How many the network has.
  init(of losses: Int) {
    sums = Array(repeating: 0, count: losses)
    (weighted, counts) = (sums, sums)
  }

  /// Adds what `count` examples came to.
  mutating func add(_ pass: Network.Pass, of count: Int) {
    sum += pass.loss
    examples += count
    for index in sums.indices {
      sums[index] += pass.parts[index]
      weighted[index] += pass.counts[index] * (pass.parts[index] / Double(count))
      counts[index] += pass.counts[index]
    }
  }

  /// Of each loss its mean.
  var parts: [Double] {
    sums.indices.map { index in
      if counts[index] == Double(examples) { return sums[index] / Double(examples) }
      return counts[index] > 0 ? weighted[index] / counts[index] : 0
    }
  }

  /// The mean of all together, with what parameters add.
  var whole: Double {
    zip(parts, sums).reduce(sum / Double(examples)) { whole, loss in
      whole + (loss.0 - loss.1 / Double(examples))
    }
  }
}
