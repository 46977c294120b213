import Foundation
import IR
import Lowering
import PluginABI
import Testing
import Verification

@testable import Runner

/// The vectors' own exp, tanh and erf, against those of double.
@Suite struct ElementaryFunctionTests {
  /// Numbers of every size and sign, and those around which a function takes another way.
  private static let numbers: [Double] = {
    var found: [Float] = [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude]
    for size in [0.625, 0.9375, 4, 44, 87.33, 88.72, 88.73, 89, 103.9, 104, 1e10] as [Float] {
      found += [size.nextDown, size, size.nextUp].flatMap { [$0, -$0] }
    }
    // Of all floats every so many.
    for bits in stride(from: UInt32(0), to: 0x7f80_0000, by: 0x8_0123) {
      found += [Float(bitPattern: bits), -Float(bitPattern: bits)]
    }
    // Where the functions are neither 0 nor 1.
    for step in 0..<4000 { found.append(Float(step - 2000) * 0.00531) }
    return found.map(Double.init)
  }()

  /// Protects each lane's function on each machine: no further from the true value than `units` of
  /// its last place, where the formula's own steps are as exact.
  @Test(arguments: Targets.runnable)
  func lastPlaces(_ target: TargetMachine) throws {
    let cases: [(keyword: String, units: Double, function: @Sendable (Double) -> Double)] = [
      ("tanh", 1.5, { tanh($0) }),
      ("sigmoid", 3, { 1 / (1 + exp(-$0)) }),
      ("softplus", 3, { $0 > 40 ? $0 : log1p(exp($0)) }),
    ]
    for (keyword, units, function) in cases {
      let found = try outputs("x | \(keyword)", target)
      for (x, y) in zip(Self.numbers, found) {
        let wanted = function(x)
        let off = abs(y - wanted) / Double(Float(wanted).magnitude.ulp)
        #expect(
          y == wanted || off <= units, "\(keyword)(\(x)) = \(y), not \(wanted): \(target.name)")
      }
    }
  }

  /// Protects erf, of which gelu is half of x and as much times it.
  @Test(arguments: Targets.runnable)
  func normalProbability(_ target: TargetMachine) throws {
    let found = try outputs("x | gelu", target)
    for (x, y) in zip(Self.numbers, found) where abs(x) < 1e30 {
      let wanted = 0.5 * x * (1 + erf(x * 0.5.squareRoot()))
      #expect(
        abs(y - wanted)
          <= max(3 * Double(Float.ulpOfOne) * abs(x), Double(Float.leastNonzeroMagnitude)),
        "gelu(\(x)) = \(y), not \(wanted)")
    }
  }

  /// Protects what is no number from becoming one.
  @Test(arguments: Targets.runnable, ["tanh", "sigmoid", "gelu", "softplus", "silu"])
  func notANumber(_ target: TargetMachine, _ keyword: String) throws {
    let found = try outputs("x | \(keyword)", target, of: [.nan, 1, -.nan])
    #expect(found[0].isNaN && found[1].isFinite && found[2].isNaN, "\(keyword), \(target.name)")
  }

  private func outputs(
    _ expression: String, _ target: TargetMachine, of numbers: [Double] = Self.numbers
  ) throws -> [Double] {
    // In all lanes: a row of the numbers for each of sixteen examples.
    let width = (numbers.count + 15) / 16
    let text = """
      model m {
        input x: [\(width)]
        target t: [\(width)]
        y = \(expression)
        loss mean_squared_error(y, t)
      }
      training { batch 16 }
      """
    let plugin = try CompilerFixture.plugin(text, .evaluation(.float, target: target), batch: 16)
    var sample = Sample(
      inputs: numbers + [Double](repeating: 1, count: 16 * width - numbers.count), labels: [])
    sample.count = 16
    return Array(try PluginHarness(plugin).evaluate(sample).outputs.prefix(numbers.count))
  }
}
