import Diagnostics
import IR

// Values are worked out when the model is checked.
extension Checker {
  /// What `syntax` amounts to in `scope`.
  mutating func evaluate(_ syntax: ValueSyntax, in scope: Scope) -> Constant {
    if let name = syntax.name {
      switch name.text {
      case Keyword.yes.rawValue: return .flag(true)
      case Keyword.no.rawValue: return .flag(false)
      default: return scope.constants[name.text] ?? .word(name.text)
      }
    }
    if let values = syntax.list {
      let constants = values.map { evaluate($0, in: scope) }
      return constants.contains(.unknown) ? .unknown : .list(constants)
    }
    return number(syntax, in: scope).map(Constant.number) ?? .unknown
  }

  /// The number that `syntax` amounts to; nil where it is none or unknown.
  private mutating func number(_ syntax: ValueSyntax, in scope: Scope) -> Double? {
    var (sum, product) = (0.0, 1.0)
    // The sum of what the products are without their signs, which bounds the error of rounding.
    var magnitude = 0.0
    for factor in syntax.factors {
      guard var value = number(factor, in: scope) else { return nil }
      if factor.isNegative { value = -value }
      switch factor.join {
      case .times: product *= value
      case .over:
        guard value != 0 else {
          report(.divisionByZero(at: factor.range))
          return nil
        }
        product /= value
      case .plus, .minus:
        sum += product
        magnitude += abs(product)
        product = factor.join == .plus ? value : -value
      }
    }
    let result = Self.settled(
      sum + product, magnitude: magnitude + abs(product), operations: syntax.factors.count)
    guard result.isFinite else {
      report(.numberTooLarge(at: syntax.range))
      return nil
    }
    return result
  }

  /// The whole number that `value` is but for rounding, else `value`: 1.1 * 10 is 11, though the
  /// nearest double to 1.1 times 10 is not. Each factor and each operation is rounded by at most
  /// 2^-53 of what it is.
  private static func settled(_ value: Double, magnitude: Double, operations: Int) -> Double {
    let whole = value.rounded()
    let error = Double(2 * operations) * 0x1p-53 * magnitude
    return operations > 1 && whole != 0 && abs(value - whole) <= error ? whole : value
  }

  /// The number that a factor is, its sign left out; nil where it is none or unknown.
  private mutating func number(_ factor: ValueSyntax.Factor, in scope: Scope) -> Double? {
    switch factor.atom {
    case .number(let text): return NumberSyntax.value(of: text)
    case .group(let value): return number(value, in: scope)
    case .list: return nil
    case .word(let word):
      switch scope.constants[word] {
      case .number(let value): return value
      case .unknown: return nil
      case .flag, .word, .list, nil:
        report(.notANumber(word, at: factor.range, constants: scope.constantNames))
        return nil
      }
    }
  }
}
