import IR
import Verification

/// Arguments drawn at random. What an operation takes is in its signature; what a parameter makes
/// sense as beside an operand, if that does not follow, is a line of `rules`.
struct RandomArguments {
  typealias Rule = @Sendable (inout Numbers, Shape) -> Constant

  /// By `operation.parameter`, or by the parameter's name alone.
  static let rules: [String: Rule] = [
    "channels": { numbers, _ in .number(numbers.one(of: sizes)) },
    "features": { numbers, _ in .number(numbers.one(of: sizes)) },
    "kernel": { numbers, shape in
      numbers.byAxis(shape) { numbers, size in numbers.whole(1...max(1, min(5, size))) }
    },
    "stride": { numbers, shape in numbers.byAxis(shape) { numbers, _ in numbers.whole(1...3) } },
    "dilation": { numbers, shape in numbers.byAxis(shape) { numbers, _ in numbers.whole(1...3) } },
    "padding": { numbers, shape in
      let words = ["valid", "same", "same_upper", "same_lower"]
      if numbers.happens(3) { return .word(numbers.one(of: words)) }
      if numbers.happens(3) {
        return .list(
          (0..<2 * (shape.dimensions.count - 1)).map { _ in .number(numbers.whole(0...2)) })
      }
      return numbers.byAxis(shape) { numbers, _ in numbers.whole(0...2) }
    },
    "output_padding": { numbers, shape in
      numbers.byAxis(shape) { numbers, _ in numbers.whole(0...1) }
    },
    "groups": { numbers, shape in
      let divisors = (1...shape.channels).filter { shape.channels % $0 == 0 }
      return .number(Double(numbers.one(of: divisors)))
    },
    "axis": { numbers, shape in
      let rank = shape.dimensions.count
      return .number(numbers.whole(1...rank) * (numbers.happens(2) ? -1 : 1))
    },
    "layer_norm.over": { numbers, shape in numbers.trailing(shape) },
    "rms_norm.over": { numbers, shape in numbers.trailing(shape) },
    "eps": { numbers, _ in .number(numbers.one(of: [1e-5, 1e-3, 0.1])) },
    "rate": { numbers, _ in .number(numbers.one(of: [0, 0.25, 0.5])) },
    "start": { numbers, _ in .number(numbers.one(of: [-0.5, 0.25])) },
    "slice.start": { numbers, _ in .number(numbers.whole(-2...1)) },
    "slice.end": { numbers, _ in .number(numbers.one(of: [-1, 1, 2, 3])) },
    "batchnorm.start": { numbers, _ in .word(numbers.one(of: ["standard", "first_batch"])) },
    "normalize.start": { numbers, _ in .word(numbers.one(of: ["standard", "first_batch"])) },
    "weights": { numbers, shape in
      .list((0..<shape.channels).map { _ in .number(numbers.one(of: [0.5, 1, 2.5])) })
    },
    "ignore": { numbers, shape in .number(numbers.whole(0...shape.channels)) },
    "reshape.shape": { numbers, shape in
      let (count, rank) = (shape.elementCount, numbers.happens(2) ? 2 : 3)
      let first = numbers.one(of: (1...count).filter { count % $0 == 0 })
      let sizes = rank == 2 ? [first, count / first] : [first, 1, count / first]
      return .list(sizes.map { .number(Double($0)) })
    },
    "transpose.axes": { numbers, shape in
      var axes = Array(1...shape.dimensions.count)
      for index in axes.indices { axes.swapAt(index, numbers.one(of: Array(axes.indices))) }
      return .list(axes.map { .number(Double($0)) })
    },
    "part.number": { numbers, _ in .number(numbers.whole(1...2)) },
    "before": { numbers, shape in numbers.byEachAxis(shape) },
    "after": { numbers, shape in numbers.byEachAxis(shape) },
    "scale": { numbers, shape in numbers.byAxis(shape) { numbers, _ in numbers.whole(1...3) } },
    "batchnorm.scale": { numbers, _ in .flag(numbers.happens(2)) },
    "size": { numbers, shape in numbers.byAxis(shape) { numbers, _ in numbers.whole(1...9) } },
  ]

  /// One, primes, and neighbours of powers of two.
  private static let sizes: [Double] = [1, 2, 3, 4, 5, 7, 8, 9]

  /// A call of `signature` over `shape`: what must be given, and some of what may.
  static func call(
    of signature: Signature, over shape: Shape, _ numbers: inout Numbers
  ) -> RandomCall {
    var call = RandomCall(keyword: signature.keyword)
    for parameter in signature.parameters {
      if parameter.name == "sync" {
        // One process has no part in it, and it takes no part in what is drawn after it.
        var apart = numbers
        if apart.happens(3) {
          call.arguments.append(.init(name: parameter.name, value: .flag(apart.happens(2))))
        }
        continue
      }
      if parameter.fallback != nil, !numbers.happens(3) { continue }
      let rule =
        rules["\(signature.keyword).\(parameter.name)"] ?? rules[parameter.name]
        ?? { numbers, _ in constant(of: parameter.accepts, &numbers) }
      call.arguments.append(.init(name: parameter.name, value: rule(&numbers, shape)))
    }
    return call
  }

  /// Anything that is accepted.
  private static func constant(
    of accepted: Parameter.Accepted, _ numbers: inout Numbers
  ) -> Constant {
    switch accepted {
    case .whole(let range), .wholeOr(let range, _):
      return .number(numbers.whole(range.lowerBound...min(range.upperBound, range.lowerBound + 4)))
    case .real(let low, let high):
      return .number(
        numbers.one(of: [0.01, 0.3, 0.7, 1, 2.5].filter { (low...high).contains($0) }))
    case .flag: return .flag(numbers.happens(2))
    case .choice(let words): return .word(numbers.one(of: words))
    case .list(let element, let counts):
      return .list((0..<counts.lowerBound).map { _ in constant(of: element, &numbers) })
    case .anyOf(let kinds): return constant(of: numbers.one(of: kinds), &numbers)
    case .anything: return .number(1)
    }
  }
}

extension Numbers {
  /// Whether something happens that happens once in `times`.
  mutating func happens(_ times: UInt64) -> Bool { next() % times == 0 }

  /// One of a list.
  mutating func one<Element>(of list: [Element]) -> Element {
    list[Int(next() % UInt64(list.count))]
  }

  /// A whole number of `range`.
  mutating func whole(_ range: ClosedRange<Int>) -> Double { Double(one(of: Array(range))) }

  /// A number, or a list with one for each axis but the channels.
  fileprivate mutating func byAxis(
    _ shape: Shape, _ draw: (inout Numbers, Int) -> Double
  ) -> Constant {
    let axes = shape.dimensions.dropFirst()
    if axes.count < 2 || happens(2) { return .number(draw(&self, axes.min() ?? 1)) }
    return .list(axes.map { .number(draw(&self, $0)) })
  }

  /// A number, or a list with one for each axis.
  fileprivate mutating func byEachAxis(_ shape: Shape) -> Constant {
    if happens(2) { return .number(whole(0...2)) }
    return .list(shape.dimensions.map { _ in .number(whole(0...2)) })
  }

  /// What a norm goes over.
  fileprivate mutating func trailing(_ shape: Shape) -> Constant {
    if happens(2) { return .word(one(of: ["all", "channels"])) }
    return .number(whole(1...shape.dimensions.count))
  }
}
