import Diagnostics
import Glibc

/// The axis of a setting: where its values stand, from 0 to 1.
struct SweepAxis: Hashable, Sendable {
  /// A value that is written below the axis.
  struct Tick: Hashable, Sendable {
    var place: Double
    var label: String
  }

  let name: String
  let ticks: [Tick]
  /// How numbers stand, or the words that stand in this order.
  private let scale: Scale

  private enum Scale: Hashable, Sendable {
    case linear(Double, Double)
    case logarithmic(Double, Double)
    case words([String])
  }

  private static let mostTicks = 8
  /// Numbers that are so many times as large as each other are compared by their logarithms.
  private static let wideRatio = 10.0

  /// The axis of what a sweep varies.
  init(_ setting: VariedSetting) {
    name = setting.name
    switch setting.choices {
    case .range(let distribution, let range):
      let (low, high) = (range.lowerBound, range.upperBound)
      scale = distribution == .log ? .logarithmic(low, high) : .linear(low, high)
      ticks = Self.ticks(of: scale)
    case .list(let values):
      let numbers = values.compactMap(CSV.number)
      if numbers.count == values.count, let low = numbers.min(), let high = numbers.max(),
        low < high
      {
        let scale: Scale =
          low > 0 && high / low >= Self.wideRatio ? .logarithmic(low, high) : .linear(low, high)
        self.scale = scale
        let every = (numbers.count - 1) / Self.mostTicks + 1
        ticks = numbers.sorted().enumerated().filter { $0.offset % every == 0 }.map {
          Tick(place: Self.place($0.element, scale), label: shortest($0.element, digits: 4))
        }
      } else {
        scale = .words(values)
        ticks = values.enumerated().map { index, value in
          Tick(place: Self.place(index, of: values.count), label: String(value.prefix(16)))
        }
      }
    }
  }

  /// Where a value stands; nil where it is none of the axis.
  func place(_ value: String) -> Double? {
    if case .words(let words) = scale {
      return words.firstIndex(of: value).map { Self.place($0, of: words.count) }
    }
    return CSV.number(value).map { Self.place($0, scale) }
  }

  private static func place(_ index: Int, of count: Int) -> Double {
    (Double(index) + 0.5) / Double(count)
  }

  private static func place(_ value: Double, _ scale: Scale) -> Double {
    switch scale {
    case .words: 0
    case .linear(let low, let high): inner((value - low) / (high - low))
    case .logarithmic(let low, let high): inner(log(value / low) / log(high / low))
    }
  }

  /// With room beside the first and the last value.
  private static func inner(_ place: Double) -> Double { 0.04 + 0.92 * min(max(place, 0), 1) }

  private static func ticks(of scale: Scale) -> [Tick] {
    let values: [Double]
    switch scale {
    case .words: values = []
    case .linear(let low, let high):
      values = (0...4).map { low + (high - low) * Double($0) / 4 }
    case .logarithmic(let low, let high):
      let powers =
        Int(ceil(log10(low) - 1e-9))...Int(max(ceil(log10(low)), floor(log10(high) + 1e-9)))
      let tens = powers.map { pow(10, Double($0)) }.filter {
        $0 >= low * 0.999 && $0 <= high * 1.001
      }
      values =
        tens.count > 1 && tens.count <= mostTicks ? tens : [low, (low * high).squareRoot(), high]
    }
    return values.map { Tick(place: place($0, scale), label: shortest($0, digits: 3)) }
  }
}
