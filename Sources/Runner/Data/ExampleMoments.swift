import Diagnostics

/// Means and standard deviations of an input's channels over examples.
package struct ExampleMoments: Hashable, Sendable {
  /// Of each channel.
  package let means, deviations: [Double]
  /// Of each channel the least and the largest number.
  package let ranges: [ClosedRange<Double>]
}

extension Examples {
  /// The means and deviations of input `index`, after what the plugin does to its numbers first.
  package func moments(of index: Int, _ input: PluginValue) -> ExampleMoments {
    let tensor = inputs[index]
    let isScaled = tensor.type == .uint8 || input.scalesReals
    return moments(of: tensor, channels: input.shape.first ?? 1, scale: isScaled ? input.scale : 1)
  }

  /// The means and deviations of the channels of `tensor`, [stored, channels, …], times `scale`.
  func moments(of tensor: Tensor, channels: Int, scale: Double) -> ExampleMoments {
    let plane = tensor.shape.dropFirst().reduce(1, *) / channels
    let raw =
      tensor.type == .uint8
      ? byteMoments(tensor, channels: channels, plane: plane)
      : realMoments(tensor, channels: channels, plane: plane)
    return ExampleMoments(
      means: raw.means.map { $0 * scale }, deviations: raw.deviations.map { $0 * abs(scale) },
      ranges: raw.ranges.map {
        let ends = [$0.lowerBound * scale, $0.upperBound * scale]
        return min(ends[0], ends[1])...max(ends[0], ends[1])
      })
  }

  /// Exact but for the last division: of bytes there are 256 at most.
  private func byteMoments(_ tensor: Tensor, channels: Int, plane: Int) -> ExampleMoments {
    var counts = [Int](repeating: 0, count: channels * 256)
    let bytes = tensor.bytes
    for example in 0..<count {
      var place = row(of: example) * channels * plane
      for channel in 0..<channels {
        for _ in 0..<plane {
          counts[channel * 256 + Int(bytes[place])] += 1
          place += 1
        }
      }
    }
    let total = Double(count * plane)
    var means: [Double] = []
    var deviations: [Double] = []
    var ranges: [ClosedRange<Double>] = []
    for channel in 0..<channels {
      let own = counts[channel * 256..<channel * 256 + 256]
      let mean = Double(own.enumerated().reduce(0) { $0 + $1.offset * $1.element }) / total
      let squares = own.enumerated().reduce(0.0) { sum, one in
        let deviation = Double(one.offset) - mean
        return sum + deviation * deviation * Double(one.element)
      }
      let first = own.firstIndex { $0 > 0 } ?? own.startIndex
      let last = own.lastIndex { $0 > 0 } ?? own.startIndex
      means.append(mean)
      deviations.append(first == last ? 0 : (squares / total).squareRoot())
      ranges.append(Double(first - own.startIndex)...Double(last - own.startIndex))
    }
    return ExampleMoments(means: means, deviations: deviations, ranges: ranges)
  }

  private func realMoments(_ tensor: Tensor, channels: Int, plane: Int) -> ExampleMoments {
    var moments = ChannelMoments(channels: channels)
    var ranges = [ClosedRange<Double>?](repeating: nil, count: channels)
    let (bytes, type) = (tensor.bytes, tensor.type)
    for example in 0..<count {
      let start = row(of: example) * channels * plane
      moments.add(examples: 1, size: plane) { _, channel, k in
        type.number(in: bytes, at: (start + channel * plane + k) * type.size)
      }
      for channel in 0..<channels {
        for k in 0..<plane {
          let number = type.number(in: bytes, at: (start + channel * plane + k) * type.size)
          let range = ranges[channel] ?? number...number
          ranges[channel] = min(range.lowerBound, number)...max(range.upperBound, number)
        }
      }
    }
    let found = ranges.map { $0 ?? 0...0 }
    return ExampleMoments(
      means: moments.means,
      deviations: zip(moments.variances(isUnbiased: false), found).map { variance, range in
        range.lowerBound == range.upperBound ? 0 : variance.squareRoot()
      }, ranges: found)
  }
}
