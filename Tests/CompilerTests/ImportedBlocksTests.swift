import Diagnostics
import Exporting
import IR
import Testing
import Verification

@testable import Driver

/// Blocks that `bnc import` finds in what repeats.
@Suite struct ImportedBlocksTests {
  private static func roundtrip(_ text: String) throws -> ImportedRoundtrip {
    let model = try Compiler.model(
      SourceFile(name: "test.bn", text: text), CompileOptions(trains: false))
    return try ImportedRoundtrip("again", text, model)
  }

  private static func model(_ statements: String, output: String = "y") -> String {
    """
    model test {
      input image: [4, 8, 8]
      target wanted: [3]
      \(statements)
      \(output) = h | global_avgpool | dense(3) as head
      loss mean_squared_error(\(output), wanted)
    }
    """
  }

  /// The names of the tensors of a model, without what an export folds into others.
  private static func names(_ model: Model) -> Set<String> {
    Set(
      model.layers.indices.flatMap { index in
        (model.parameters(of: index) + model.state(of: index)).filter { $0.role != .seen }
          .map { "\(model.layers[index].name).\($0.name)" }
      })
  }

  /// Protects what is read: units of a residual network, with sizes in the place of numbers that differ,
  /// are blocks, and their layers keep the names that they have in the file.
  @Test func residualUnits() throws {
    let unit = """
      a = h | conv(4, kernel: 3, padding: same) as s1_0_conv1 | relu | conv(4, kernel: 3, padding: same) as s1_0_conv2
        b = h + a | relu
        c = b | conv(4, kernel: 3, padding: same) as s1_1_conv1 | relu | conv(4, kernel: 3, padding: same) as s1_1_conv2
        d = b + c | relu
        e = d | conv(8, kernel: 3, padding: same, stride: 2) as s2_0_conv1 | relu | conv(8, kernel: 3, padding: same) as s2_0_conv2
        f = d | conv(8, kernel: 1, stride: 2) as s2_0_short
        g = e + f | relu
        i = g | conv(8, kernel: 3, padding: same) as s2_1_conv1 | relu | conv(8, kernel: 3, padding: same) as s2_1_conv2
        j = g + i | relu
        k = j | conv(12, kernel: 3, padding: same, stride: 2) as s3_0_conv1 | relu | conv(12, kernel: 3, padding: same) as s3_0_conv2
        l = j | conv(12, kernel: 1, stride: 2) as s3_0_short
      """
    let text = """
      model test {
        input image: [4, 8, 8]
        target wanted: [3]
        h = image | conv(4, kernel: 3, padding: same) as stem | relu
        \(unit)
        y = k + l | relu | global_avgpool | dense(3) as head
        loss mean_squared_error(y, wanted)
      }
      """
    let found = try Self.roundtrip(text)
    try found.check()
    #expect(Self.names(found.other) == Self.names(found.model))
    #expect(
      found.imported.text.contains(
        """
        block projection(channels) {
          y1 = in
            | conv(channels, kernel: 3, stride: 2, padding: same) | relu
            | conv(channels, kernel: 3, padding: same)
          y2 = in | conv(channels, kernel: 1, stride: 2) as short
          out = y1 + y2 | relu
        }
        """), "\(found.imported.text)")
    #expect(
      found.imported.text.contains(
        """
          y = image
            | conv(4, kernel: 3, padding: same) as stem | relu
            | residual as s1_0
            | residual as s1_1
            | projection(8) as s2_0
            | residual as s2_1
            | projection(12) as s3_0 | global_avgpool
            | dense(3) as head
        """), "\(found.imported.text)")
  }

  /// Protects names: what is counted in the file is counted in the text, and where the names of what
  /// repeats have nothing in common there is no block.
  @Test func names() throws {
    func unit(_ name: String, _ conv: String, _ norm: String) -> String {
      "| conv(4, kernel: 3, padding: same, bias: false) as \(name)\(conv) | batchnorm as \(name)\(norm) | tanh"
        + " | conv(4, kernel: 1) as \(name)_last"
    }
    func text(_ units: [String]) -> String {
      Self.model("h = image \(units.joined(separator: " "))")
    }
    let counted = try Self.roundtrip(
      text([unit("cell1", "_a", "_b"), unit("cell2", "_a", "_b"), unit("cell3", "_a", "_b")]))
    try counted.check()
    #expect(Self.names(counted.other) == Self.names(counted.model))
    #expect(counted.imported.text.contains("block cell {"), "\(counted.imported.text)")
    #expect(!counted.imported.text.contains("as cell"))
    let mixed = try Self.roundtrip(
      text([unit("left", "_a", "_b"), unit("right", "_b", "_a"), unit("third", "_c", "_d")]))
    try mixed.check()
    #expect(Self.names(mixed.other) == Self.names(mixed.model))
    #expect(!mixed.imported.text.contains("\nblock "), "\(mixed.imported.text)")
  }

  /// Protects outputs: what is read from outside is in no block.
  @Test func outputsWithin() throws {
    let unit = "conv(4, kernel: 3, padding: same) | tanh | conv(4, kernel: 1) | sigmoid"
    let text = """
      model test {
        input image: [4, 5, 5]
        target first: [4, 5, 5]
        target second: [4, 5, 5]
        h = image | conv(4, kernel: 3, padding: same) | tanh | conv(4, kernel: 1)
        y = h | sigmoid | \(unit)
        loss mean_squared_error(h, first) + mean_squared_error(y, second)
      }
      """
    let found = try Self.roundtrip(text)
    try found.check()
    #expect(found.other.outputs.count == 2)
  }

  /// Protects everything else: networks that repeat what nobody thought of, in whatever order, of
  /// whatever sizes and names, come back with the same numbers, and most with blocks.
  @Test func randomNetworks() throws {
    var withBlocks = 0
    for seed in 0..<UInt64(60) {
      var numbers = Numbers(seed &* 7919 &+ 11)
      func pick(_ count: Int) -> Int { min(Int(numbers.uniform() * Double(count)), count - 1) }
      func layer() -> String {
        [
          "conv(size, kernel: 3, padding: same)", "conv(size, kernel: 1, bias: false)",
          "conv(3, kernel: 3, padding: same)", "batchnorm", "relu",
          "tanh",
          "conv(2 * in_channels, kernel: tap, padding: same)", "leaky_relu(slope: 0.25)",
        ][pick(8)]
      }
      let depthwise = "conv(in_channels, kernel: 3, padding: same, groups: in_channels)"
      func chain(_ length: Int) -> String {
        (0..<length).map { place in
          place > 0 ? layer() : ["conv(size, kernel: 3, padding: same)", depthwise][pick(2)]
        }.joined(separator: " | ")
      }
      let blocks = (0..<3).map { index in
        let body =
          switch pick(4) {
          case 0: "out = in | \(chain(2 + pick(4)))"
          case 1:
            "y = in | \(chain(1 + pick(3))) | conv(in_channels, kernel: 1)\n  out = in + y | relu"
          case 2:
            "y = in | \(chain(1 + pick(3)))\n  z = in | \(chain(1 + pick(2)))\n  out = concat(z, y)"
          default:
            "y = in | conv(in_channels, kernel: 1) | sigmoid\n  out = in * y | \(chain(1 + pick(2)))"
          }
        return "block part\(["a", "b", "c"][index])(size, tap: 3) {\n  \(body)\n}"
      }
      let uses = (0..<(4 + pick(6))).map { number in
        let block = ["a", "b", "c"][pick(3)]
        let tap = ["", ", tap: 1"][pick(2)]
        let name = ["", "", " as stage\(number)_0", " as u\(number)"][pick(4)]
        // Sizes that do not grow: the next use shrinks what a concat made.
        return "| conv(4, kernel: 1) | part\(block)(\(2 + pick(3))\(tap))\(name)"
      }
      let text =
        blocks.joined(separator: "\n") + "\n"
        + Self.model("h = image | maxpool(2) \(uses.joined(separator: " "))")
      let found = try Self.roundtrip(text)
      try found.check()
      if found.imported.text.contains("\nblock ") { withBlocks += 1 }
    }
    #expect(withBlocks > 30, "\(withBlocks)")
  }
}
