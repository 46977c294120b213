import Driver
import IR
import Lowering
import Testing

@testable import CodeGeneration

/// Lines of the C that are no wider than a page.
@Suite struct LineBreaksTests {
  private static let long = Case(
    "long_names", input: "[2, 9, 9]", batch: 11,
    """
    some_value_of_a_long_name = x | conv(4, kernel: 3) as a_convolution_of_a_name_as_long_as_people_use
      | batchnorm as a_batch_norm_of_a_name_as_long_as_people_use | relu
    y = some_value_of_a_long_name | avgpool(7) | flatten | dense(3) as a_dense_layer_of_a_long_name
    """)
  private static let longest = Case(
    "longest_names", input: "[2, 9, 9]", batch: 11,
    """
    y = x | conv(4, kernel: 3) as \(String(repeating: "conv", count: 16)) | relu
      | batchnorm as \(String(repeating: "norm", count: 16)) | avgpool(7) | flatten
    """)
  private static let longestParts = Case(
    "longest_parts", input: "[2, 9, 9]", batch: 11,
    """
    a = x | conv(4, kernel: 3) as \(String(repeating: "conv", count: 16))
    b = a | conv(4, kernel: 1) as \(String(repeating: "left", count: 16))
    c = a | conv(4, kernel: 1) as \(String(repeating: "more", count: 16)) | sigmoid
    d = concat(b, c) as \(String(repeating: "both", count: 16)) | tanh
    y = d * d as \(String(repeating: "size", count: 16)) | avgpool(7) | flatten
    """)
  private static let trained = Set((Case.optimized + Case.scheduled).map(\.name))
  private static let examples =
    Case.operators + [.network, .everything, .wideDense, .largeImages, .shapes, long]
    + Case.optimized + Case.scheduled + Case.activations + [longest, longestParts]

  /// Protects readers: no line of the C, or of its header and host, is wider than 100 columns, and
  /// none but a blank one ends with a blank; no two blank lines follow each other.
  @Test(arguments: examples, PlanOptions.Purpose.allCases)
  func noLineIsWider(_ example: Case, _ purpose: PlanOptions.Purpose) throws {
    // How a network is trained is no part of the others' C.
    if purpose != .training, Self.trained.contains(example.name) { return }
    let plugin = try CompilerFixture.compile(
      example.text, PlanOptions(target: .x86_64_v4, purpose: purpose)
    ).plugin
    for text in [plugin.network, plugin.header, plugin.host] {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      for line in lines {
        #expect(line.utf8.count <= 100 && line.last != " ", "\(line)")
      }
      for (index, line) in lines.enumerated().dropFirst(2) where line.isEmpty {
        #expect(!lines[index - 1].isEmpty, "two blank lines after \(lines[index - 2])")
      }
    }
  }

  /// Protects the C from breaks that change it: the code has the same words before and after.
  @Test(arguments: examples)
  func theCodeStays(_ example: Case) throws {
    let compilation = try CompilerFixture.compile(example.text)
    let names = CodegenContext(
      plan: compilation.kernels, memory: compilation.memory, sources: ["test.bn"])
    let text = TemplateLibrary.embedded.render(
      NetworkContext(
        names: names, memory: compilation.memory, hash: "", trainingHash: nil, version: "",
        library: .embedded))
    #expect(Self.words(LineBreaks.applied(to: text)) == Self.words(text))
  }

  /// Protects tables, formulas and calls in how they break.
  @Test func breaks() {
    let word = String(repeating: "a", count: 30)
    let call = "  f(\(word), \(word), g(\(word), \(word)));"
    #expect(
      LineBreaks.applied(to: call)
        == "  f(\(word), \(word),\n      g(\(word), \(word)));")
    let loop = "  for (int k = 0; k < 8; k++) \(word)[k] = \(word)[k] * 1234567;"
    #expect(
      LineBreaks.applied(to: loop)
        == "  for (int k = 0; k < 8; k++)\n    \(word)[k] = \(word)[k] * 1234567;")
    #expect(
      LineBreaks.applied(to: "  else if (\(word) < 8) \(word)[k] *= \(word)[k] * 1234567;")
        == "  else if (\(word) < 8)\n    \(word)[k] *= \(word)[k] * 1234567;")
    let formula = "//   y = \(word) + \(word)[k, l] + \(word)"
    #expect(
      LineBreaks.applied(to: formula)
        == "//   y = \(word) + \(word)[k, l] +\n//     \(word)")
    let member = "  real \(word)[8];  // \(word) \(word) \(word)"
    #expect(
      LineBreaks.applied(to: member)
        == "  // \(word) \(word) \(word)\n  real \(word)[8];")
  }

  /// The words of the code; a line may end behind a parenthesis too.
  private static func words(_ text: String) -> [Substring] {
    text.split(separator: "\n").map { line in
      line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
    }.flatMap { $0.replacing("(", with: "( ").split(separator: " ") }
  }
}
