import Diagnostics
import Glibc

/// The ticks of an axis: 1, 2 or 5 times a power of ten apart, around all values.
struct AxisScale: Hashable, Sendable {
  let lower: Double
  let upper: Double
  let ticks: [Double]
  private let decimals: Int

  /// A scale around `values` with about `count` ticks.
  init(_ values: [Double], ticks count: Int) {
    // Beyond, a difference of two is no number.
    let finite = values.filter(\.isFinite).map { min(max($0, -1e300), 1e300) }
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    // A flat line wants room around it; so does one that rounding alone bends.
    let smallest = max(abs(low), abs(high), 1e-30) * 1e-6
    if high - low < smallest { (low, high) = (low - smallest, high + smallest) }
    let raw = (high - low) / Double(max(count - 1, 1))
    let power = pow(10, floor(log10(raw)))
    let step = ([1, 2, 5].first { $0 * power >= raw * 0.8 } ?? 10) * power
    let (first, last) = (floor(low / step + 1e-9), ceil(high / step - 1e-9))
    ticks = (0...Int(min(max(last - first, 1), 100))).map { (first + Double($0)) * step }
    lower = ticks.first ?? low
    upper = ticks.last ?? high
    decimals = max(0, Int(-floor(log10(step) + 1e-9)))
  }

  /// Where a value stands: 0 at the lower end, 1 at the upper one.
  func place(_ value: Double) -> Double {
    value.isFinite ? min(max((value - lower) / (upper - lower), 0), 1) : 1
  }

  /// A tick in as many digits as tell it from its neighbours.
  func label(_ tick: Double) -> String {
    decimals > 9 || abs(tick) >= 1e6
      ? shortest(tick, digits: 6) : fixed(tick == 0 ? 0 : tick, decimals: decimals)
  }

  /// The ticks of epochs 0 to `count - 1`: whole numbers, `most` at most.
  static func epochs(_ count: Int, most: Int) -> [Int] {
    var step = 1
    while (count - 1) / step + 1 > most { step = nextStep(step) }
    return Array(stride(from: 0, to: count, by: step))
  }

  /// 1, 2, 5, 10, 20, 50, …
  private static func nextStep(_ step: Int) -> Int {
    String(step).hasPrefix("2") ? step / 2 * 5 : step * 2
  }
}
