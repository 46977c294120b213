/// Something that TensorBoard shows under a name.
enum SummaryValue: Hashable, Sendable {
  /// A number.
  case scalar(Double)
  /// How numbers are spread.
  case histogram(Histogram)
  /// A PNG file of a picture of so many pixels.
  case image(png: [UInt8], width: Int, height: Int)

  /// `Summary.Value` of tensorflow/core/framework/summary.proto.
  func message(tag: String) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, tag)
    switch self {
    case .scalar(let number): message.add(2, Float(number))
    case .image(let png, let width, let height):
      var image = ProtobufMessage()
      image.add(1, height)
      image.add(2, width)
      // Red, green and blue.
      image.add(3, 3)
      image.add(4, png)
      message.add(4, image)
    case .histogram(let histogram): message.add(5, histogram.message)
    }
    return message
  }
}

/// How numbers are spread: how many of them are in each of some bins of one width.
struct Histogram: Hashable, Sendable {
  private(set) var least, largest: Double
  private(set) var count = 0
  private(set) var sum = 0.0
  private(set) var squares = 0.0
  /// How many numbers each bin has, from the least number to the largest.
  private(set) var bins: [Int]

  /// What TensorBoard shows.
  static let mostBins = 30

  /// The histogram of those of `numbers` that are finite; nil where none is.
  init?(_ numbers: Tensor) {
    let finite = numbers.values.filter(\.isFinite)
    guard let least = finite.min(), let largest = finite.max() else { return nil }
    (self.least, self.largest) = (least, largest)
    let isOne = least == largest
    // Of halves the difference is a number even where that of the whole is none.
    let scale = (largest - least).isFinite ? 1 : 0.5
    bins = Array(repeating: 0, count: isOne ? 1 : Self.mostBins)
    for number in finite {
      count += 1
      sum += number
      squares += number * number
      let share = isOne ? 0 : (number * scale - least * scale) / (largest * scale - least * scale)
      bins[min(Int(share * Double(bins.count)), bins.count - 1)] += 1
    }
  }

  /// Where each bin ends.
  var limits: [Double] {
    (1...bins.count).map {
      let share = Double($0) / Double(bins.count)
      return $0 == bins.count ? largest : least * (1 - share) + largest * share
    }
  }

  /// `HistogramProto` of tensorflow/core/framework/histogram.proto.
  var message: ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, least)
    message.add(2, largest)
    message.add(3, Double(count))
    message.add(4, sum)
    message.add(5, squares)
    message.add(6, limits)
    message.add(7, bins.map(Double.init))
    return message
  }
}
