import IR
import Lowering
import Testing

@testable import Operators

/// Which tiles depthwise convolutions take; what their kernels compute, the cases named `depthwise` show
/// in all tests of operators.
@Suite struct DepthwiseTests {
  private static let targets: [TargetMachine] = [.generic, .x86_64_v3, .x86_64_v4]

  private static func plan(_ keys: String, _ target: TargetMachine) throws -> KernelPlan {
    let example = Case(
      "depthwise", input: "[4, 600]", batch: 9,
      """
      y = x | conv(4, kernel: 1) | tanh | conv(8, \(keys), groups: 4) as own | global_maxpool
        | flatten
      """)
    return try CompilerFixture.kernels(example.text, .training(.float, target: target))
  }

  /// Protects from sizes that leave no room for a tile: whatever a model says has a plan, which holds.
  @Test(arguments: targets)
  func everySizeHasAPlan(_ target: TargetMachine) throws {
    for kernel in [1, 2, 3, 5, 7, 12, 31, 64, 65, 255] {
      for stride in [1, 2, 3, 4, 11, 12, 28, 64, 255] {
        for dilation in [1, 2, 30] where (kernel - 1) * dilation < 600 {
          let keys = "kernel: \(kernel), stride: \(stride), dilation: \(dilation)"
          let plan = try Self.plan(keys, target)
          try plan.verify()
          for spec in plan.kernels.compactMap({ $0.spec as? ConvolutionForward }) {
            #expect(spec.tile.columns.length >= spec.geometry.outputWidth, "\(keys)")
          }
        }
      }
    }
  }

  /// Protects their speed: windows of 3 columns have tiles of their own in all three passes, and of 16
  /// registers those of 5 columns have them in the weight's gradient alone.
  @Test func ownTiles() throws {
    func isOwn(_ keys: String, _ target: TargetMachine) throws -> [Bool] {
      try Self.plan(keys, target).kernels.filter { $0.name.hasPrefix("own_") }.compactMap {
        switch $0.spec {
        case let spec as ConvolutionForward: spec.isDepthwise
        case let spec as ConvolutionInputGradient: spec.isDepthwise
        case is DepthwiseWeightGradient: true
        case is ConvolutionWeightGradient: false
        default: nil
        }
      }
    }
    for stride in [1, 2] {
      #expect(try isOwn("kernel: 3, stride: \(stride)", .x86_64_v3) == [true, true, true])
      #expect(try isOwn("kernel: 5, stride: \(stride)", .x86_64_v4) == [true, true, true])
    }
    #expect(try isOwn("kernel: 5", .x86_64_v3) == [false, false, true])
    #expect(try isOwn("kernel: 255", .x86_64_v4) == [false, false, false])
  }
}
