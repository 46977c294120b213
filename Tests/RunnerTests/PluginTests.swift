import Foundation
import PluginABI
import Testing

@testable import Runner

@Suite(.enabled(if: Fixture.isAvailable, "needs clang"))
struct PluginTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func refusal(_ macros: String...) throws -> String {
    let path = try Fixture.compile(macros, in: scratch)
    return failure { _ = try LoadedPlugin(path: path) }
  }

  /// Protects the reading of the table: names, shapes and sizes reach Swift as C wrote them.
  @Test func describesItself() throws {
    let plugin = try LoadedPlugin(path: Fixture.compile(["GRADIENT"], in: scratch))
    let description = plugin.description
    #expect(description.modelName == "fixture")
    #expect(description.inputs[0].shape == [4])
    #expect(description.targets[0].classes == 3)
    #expect(description.parameterCount == 15)
    #expect(description.tensors.map(\.name).prefix(2) == ["dense1.weight", "dense1.bias"])
    #expect(description.tensors[0].initializer == .normal(mean: 0, deviation: 0.01))
    #expect(description.savedTensors.count == 5)
    #expect(description.canTrain)
    #expect(description.hasGradient)
  }

  /// Protects against a plugin of another version of the interface.
  @Test(arguments: [3, 99]) func refusesAnotherVersion(_ version: Int) throws {
    #expect(
      try refusal("VERSION=\(version)").contains("has plugin interface \(version), this bnc has"))
  }

  /// Protects against reading past a struct of another size.
  @Test func refusesAnotherStruct() throws {
    #expect(try refusal("STRUCT_SIZE=64").contains("has a table of 64 bytes"))
  }

  /// Protects against SIGILL: instructions are compared before anything is called.
  @Test func refusesUnknownInstructions() throws {
    let missing = InstructionSet([.sse2, .neon, .init(rawValue: 1 << 40)])
    let message = try refusal("ISA=\(missing.rawValue)")
    #expect(message.contains("needs instructions that this processor lacks"))
    #expect(message.contains("unknown bits"))
  }

  /// Protects against a plugin whose tables contradict its sizes, which would write over memory.
  @Test func refusesLyingSizes() throws {
    #expect(try refusal("WEIGHT_OFFSET=4096").contains("'dense1.weight' outside its memory"))
    #expect(try refusal("WEIGHT_OFFSET=2").contains("'dense1.weight' outside its memory"))
    #expect(try refusal("WEIGHT_OFFSET=8").contains("over each other"))
    #expect(try refusal("OUTPUTS=5").contains("has 3 classes but outputs [5]"))
    #expect(try refusal("INPUT_COUNT=0").contains("has no input"))
    #expect(try refusal("ELEMENT_SIZE=3").contains("elements of 3 bytes"))
    #expect(
      try refusal("NORMALIZATION=1").contains("normalizes input 'image' by what is not there"))
    #expect(try refusal("VIEW=0.5,0,0,0,0").contains("whose weights do not add up to 1"))
    #expect(try refusal("VIEW=1,0,0,1,0").contains("a view of input 'image' that lies outside"))
    #expect(try refusal("VIEW=0.0/0,0,0,0,0").contains("whose weights do not add up to 1"))
    #expect(try refusal("WHITENING=99,0,1,1,1,0,1").contains("in a way that is not known here"))
    #expect(try refusal("WHITENING=0,0,1,1,1,0,0").contains("in a way that is not known here"))
    #expect(
      try refusal("WHITENING=0,0,1,1,1,0,1").contains(
        "whitens input 'image' by 'dense1.weight', which does not fit"))
    #expect(try refusal("SCALE=0.0/0").contains("multiplies input 'image' by"))
    #expect(try refusal("LISTED=1099511627776").contains("starts tensor 'dense1.bias' in a way"))
  }

  /// Protects the cache: a plugin compiled from another model is not run by mistake.
  @Test func refusesAnotherModel() throws {
    let path = try Fixture.compile(in: scratch)
    let words = failure { _ = try LoadedPlugin(path: path, expectedHash: "fff") }
    #expect(words.contains("was compiled from another model (hash abc123, not fff)"))
    #expect(throws: Never.self) { try LoadedPlugin(path: path, expectedHash: "abc123") }
  }

  /// Protects against a shared object that is no plugin.
  @Test func refusesAnotherLibrary() throws {
    #expect(try refusal("SYMBOL=other").contains("does not export bnc_plugin_table"))
  }

  /// Protects against SIGBUS: the loader maps what the headers promise, wherever the file ends.
  @Test func refusesWhatIsCutShort() throws {
    let whole = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: Fixture.compile(in: scratch))))
    for length in [0, 10, 64, 200, 3000, whole.count / 2] {
      let path = try scratch.file("cut\(length).so", Array(whole.prefix(length)))
      let words = failure { _ = try LoadedPlugin(path: path) }
      #expect(words.hasPrefix(path) && words != "no failure", "\(length): \(words)")
    }
    let text = try scratch.file("text.so", Array(repeating: 65, count: 1000))
    #expect(failure { _ = try LoadedPlugin(path: text) }.contains("is not a plugin"))
    let missing = scratch.path + "/none.so"
    #expect(failure { _ = try LoadedPlugin(path: missing) }.contains("no such file"))
  }

  /// Protects the way to OpenBLAS: orientation, strides and accumulation of a host's product,
  /// and those of the product where there is no OpenBLAS.
  @Test(arguments: [MatrixProduct.multiply, MatrixProduct.multiplyPlainly])
  func multipliesMatrices(_ multiply: @Sendable (bnc_gemm) -> Void) throws {
    let a: [Float] = [1, 2, 3, 4, 5, 6]  // [2][3]
    let b: [Float] = [1, 0, 2, 1, 0, 1]  // [2][3], taken as [3][2] transposed
    var c: [Float] = [1, 1, 1, 1]
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        c.withUnsafeMutableBytes { c in
          multiply(
            .init(
              m: 2, n: 2, k: 3, transpose_a: 0, transpose_b: 1, stride_a: 3, stride_b: 3,
              stride_c: 2, accumulate: 1, element_size: 4, a: a.baseAddress, b: b.baseAddress,
              c: c.baseAddress))
        }
      }
    }
    #expect(c == [8, 5, 17, 11])
  }
}
