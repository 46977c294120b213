import Diagnostics
import IR
import Operators
import Testing

@testable import Language

/// `repeat`.
@Suite struct RepetitionTests {
  /// The names of the layers that a pipeline from `x` to `y` makes.
  private func names(_ stages: String, before: String = "") throws -> [String] {
    let (model, diagnostics) = checkStatements("y = x\(stages)", before: before)
    #expect(diagnostics.codes.isEmpty)
    return try #require(model).layers.map(\.name).dropLast(2)
  }

  /// Protects a repetition without a name being its stages written out.
  @Test func writtenOut() throws {
    let (repeated, _) = checkStatements(
      "y = x | relu | repeat 3 { conv(4, kernel: 1) | relu } | relu | conv(4, kernel: 1)")
    let part = " | conv(4, kernel: 1) | relu"
    let (written, _) = checkStatements(
      "y = x | relu\(part)\(part)\(part) | relu | conv(4, kernel: 1)")
    let (left, right) = (try #require(repeated).layers, try #require(written).layers)
    #expect(left.map(\.name) == right.map(\.name))
    #expect(left.map(\.op) == right.map(\.op))
    #expect(left.map(\.operands) == right.map(\.operands))
    #expect(left.map(\.valueName) == right.map(\.valueName))
  }

  /// Protects names: numbered by the repetition where it has a name, nested ones and blocks too;
  /// what stands around it is counted as if it were not there.
  @Test func names() throws {
    #expect(
      try names(" | relu | repeat 2 as stage { relu as first | relu } | relu")
        == [
          "relu1", "stage1_first", "stage1_relu2", "stage2_first", "stage2_relu2", "relu2",
        ])
    #expect(
      try names(
        " | repeat 2 as a { repeat 2 as b { relu } | c } | repeat 2 { c }",
        before: "block c { out = in | tanh }")
        == [
          "a1_b1_relu1", "a1_b2_relu1", "a1_c1_tanh1", "a2_b1_relu1", "a2_b2_relu1",
          "a2_c1_tanh1", "c1_tanh1", "c2_tanh1",
        ])
    #expect(try names(" | repeat 2 as a { repeat 2 { relu } }").last == "a2_relu2")
  }

  /// Protects the number of a repetition: a constant within it, from 1, and nowhere else.
  @Test func number() throws {
    let (model, diagnostics) = checkStatements(
      """
      const unit = 7
      y = x | repeat 3 as unit { conv(4 * unit, kernel: 1) | repeat unit - 1 { relu } }
        | conv(unit, kernel: 1)
      """)
    #expect(diagnostics.codes.isEmpty)
    let layers = try #require(model).layers
    #expect(layers.filter { $0.op.base is Convolution }.map(\.shape.channels) == [4, 8, 12, 7])
    #expect(
      layers.filter { $0.name.contains("relu") }.map(\.name) == [
        "unit2_relu1", "unit3_relu1", "unit3_relu2",
      ])
  }

  /// Protects counts that are parameters and constants, and no repetition: the value goes on as it
  /// is, and what would be repeated is checked and counts as used.
  @Test func counts() throws {
    let before = """
      block unit { out = in | relu }
      block stage(count) { out = in | relu | repeat count - 1 { unit } }
      """
    #expect(try names(" | stage(1)", before: before) == ["stage1_relu1"])
    #expect(
      try names(" | stage(3)", before: before)
        == ["stage1_relu1", "stage1_unit1_relu1", "stage1_unit2_relu1"])
    let (_, diagnostics) = checkStatements("y = x | relu | repeat 0 { conv(8, kernal: 1) } | relu")
    #expect(diagnostics.codes == [.unknownKey])
    let (empty, _) = checkStatements("y = x | repeat 0 { relu | relu } | relu")
    #expect(try #require(empty).layers.map(\.name) == ["relu1", "flatten1", "dense1"])
    #expect(try #require(empty).layers[0].operands == [.input(0)])
  }

  /// Protects values of the pipeline's own scope, which a repetition reads as its pipeline does.
  @Test func values() throws {
    let (model, diagnostics) = checkStatements(
      "h = x | relu\ny = x | repeat 2 { add(h) | relu }")
    #expect(diagnostics.codes.isEmpty)
    #expect(try #require(model).layers[1].operands == [.input(0), .result(of: 0)])
    #expect(try #require(model).layers[3].operands == [.result(of: 2), .result(of: 0)])
  }

  /// Protects one report a mistake, however often it is repeated, with the repetition it is in.
  @Test func mistakesAreReportedOnce() throws {
    let (_, diagnostics) = checkStatements("y = x | repeat 9 as r { conv(3, kernel: 3) }")
    #expect(diagnostics.codes == [.shapeMismatch])
    #expect(diagnostics[0].notes.map(\.message) == ["in repetition 4 of 9"])
    let (_, inBlock) = checkStatements(
      "y = x | repeat 3 { b }", before: "block b { out = in | cnov(3) }")
    #expect(inBlock.codes == [.unknownLayer])
  }

  /// Protects the names of C: a name that each repetition would give is an error.
  @Test(arguments: [
    "y = x | repeat 2 { relu as first }",
    "y = x | repeat 2 { repeat 2 as inner { relu } }",
    "y = x | repeat 2 as outer { repeat 2 { relu as first } }",
    "y = x | repeat 2 as a { relu } | relu as a2",
    "y = x | repeat 2 as a { relu } | repeat 2 as a { relu }",
    "y = x | repeat 2 as a { relu } | relu as a1_relu1",
  ])
  func duplicateNames(_ statements: String) {
    #expect(checkStatements(statements).diagnostics.codes == [.duplicateName])
  }

  /// Protects against counts made to hurt: nested ones, and those that repeat nothing.
  @Test(arguments: [
    "repeat 4096 { repeat 4096 { relu } }", "repeat 4096 { repeat 4096 { repeat 0 { relu } } }",
    "repeat 4096 as a { repeat 4096 as b { repeat 4096 as c { relu } } }",
    "repeat 0 { repeat 4096 { repeat 4096 { relu } } } | repeat 4096 { relu }",
    "repeat 4096 { repeat 4096 { nothing } }",
  ])
  func manyRepetitions(_ stages: String) {
    let (model, diagnostics) = checkStatements("y = x | \(stages)")
    #expect(model == nil)
    #expect(diagnostics.codes.count == 1)
  }

  /// Protects what follows a repetition that cannot be read: its brace is not the model's.
  @Test(arguments: [
    "repeat 3 { | relu }", "repeat 3 { relu relu }", "repeat { relu }", "repeat 3 { }",
    "repeat 3 { relu | }", "repeat 3 { repeat 2 { @ } | relu }", "repeat 3 relu",
  ])
  func recovery(_ stages: String) {
    let (model, diagnostics) = checkStatements("z = x | \(stages) | relu\ny = x | nothing")
    #expect(model == nil)
    #expect(diagnostics.codes.count == 2)
    #expect(diagnostics.codes.last == .unknownLayer)
  }
}
