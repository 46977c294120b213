import Diagnostics
import Foundation
import IR
import Lowering
import Operators
import Testing
import Verification

@testable import CodeGeneration
@testable import Language

/// Names of the user against the names of the C around them: templates, keywords, libc.
@Suite struct NameTests {
  /// Protects the namespaces: no name of a template, of C, of C++ or of libc's headers begins as
  /// what is made of the user's names does.
  @Test func nobodyEntersTheNamespaces() throws {
    let names = try Self.templateNames.union(Self.keywords).union(Self.libcNames())
    #expect(names.count > 1000)
    for name in names.sorted() where ["b_", "g_", "k_"].contains(where: { name.hasPrefix($0) }) {
      Issue.record("\(name) could be a user's")
    }
  }

  /// Protects the C from layers, values, blocks, inputs, targets and models that are called like
  /// anything that stands around them.
  @Test(arguments: [PlanOptions.Purpose.training, .inspection, .inference])
  func anyName(_ purpose: PlanOptions.Purpose) throws {
    // Of shadowed enumerators gcc alone tells.
    let compiler = try #require(
      Tools.compilers.first { $0.hasSuffix("gcc") } ?? Tools.compilers.last)
    let names = try Self.templateNames.union(Self.keywords).union(Self.libcNames()).sorted().filter
    {
      Keyword(rawValue: $0) == nil && $0.utf8.count <= Limits.nameLength
        && !["in", "out"].contains($0)
    }
    // Every name in the C of a training. In that of the other purposes, whose frame is the same,
    // every name of a template, and of the rest one in sixteen.
    let own = names.filter(Self.templateNames.contains)
    let others = names.filter { !Self.templateNames.contains($0) }
    let rest =
      purpose == .training
      ? others : others.enumerated().filter { $0.offset % 16 == 3 }.map(\.element)
    for list in [own, rest] {
      // Equal parts of 400 at most: the last has enough for a model too.
      let chunk = (list.count + (list.count + 399) / 400 - 1) / ((list.count + 399) / 400)
      for start in stride(from: 0, to: list.count, by: chunk) {
        try compile(Array(list[start..<min(list.count, start + chunk)]), purpose, with: compiler)
      }
    }
  }

  /// A model whose layers have `names`, of every kind in turn, and whose model, input, target,
  /// value and block are called so too.
  private func compile(
    _ names: [String], _ purpose: PlanOptions.Purpose, with compiler: String
  ) throws {
    let kinds = [
      "scale_shift", "batchnorm", "relu", "conv(2, kernel: 1)", "maxpool(1)", "silu", "normalize",
    ]
    // A layer of a block is called after both.
    let names = names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    let layers = names.dropFirst(5).enumerated().map { "\(kinds[$0 % kinds.count]) as \($1)" }
    let operations = Set(Library.standard.operations.keywords())
    let block = names.first { !operations.contains($0) } ?? "part"
    let text = """
      block \(block)(n) { out = in | scale_shift as \(names[0]) }
      model \(names[1]) {
        input \(names[2]): [2, 3, 3]
        target \(names[3]): class(3)
        \(names[4]) = \(names[2]) | \(block)(1) | \(layers.joined(separator: "\n  | "))
        last_value = \(names[4]) | flatten | dense(3)
        loss softmax_cross_entropy(last_value, \(names[3]))
      }
      training { batch 3 }
      """
    try Tools.inFolder { folder in
      let plan = PlanOptions(target: .generic, purpose: purpose)
      let files = try CompilerFixture.compile(text, plan).write(to: folder)
      let found = try Tools.run(
        compiler, ["-std=gnu17", "-fsyntax-only", "-Wall", "-Wshadow", "-Werror", files.network],
        in: folder)
      #expect(found.status == 0, "\(found.said.prefix(2000))")
    }
  }

  /// Protects a convolution's weight gradient that is cut in groups: it read a wrong buffer where
  /// the layer before was called `first`.
  @Test func aLayerCalledFirst() throws {
    func gradient(_ name: String) throws -> [Double] {
      let text = """
        model m {
          input x: [1, 33, 33]
          target t: class(3)
          b = x | conv(64, kernel: 1) as zero | conv(64, kernel: 1) as \(name)
          e = b | conv(3, kernel: 3) as second | avgpool(31) | flatten
          f = e | dense(3)
          loss softmax_cross_entropy(f, t, reduction: mean)
        }
        training { batch 100 }
        """
      let plan = PlanOptions.cache(65536, .float)
      #expect(try CompilerFixture.compile(text, plan).kernels.text.contains("groups of"))
      let harness = try PluginHarness(CompilerFixture.plugin(text, plan), seed: 3)
      let before = harness["second.weight"]
      let model = try CompilerFixture.compile(text).model
      #expect(harness.train(Sample(model, count: 100, seed: 4), rate: 1).status == 0)
      return zip(before, harness["second.weight"]).map { $0 - $1 }
    }
    #expect(try gradient("first") == gradient("zed"))
  }

  // MARK: Names

  /// Every identifier that a template has.
  private static let templateNames: Set<String> = {
    let library = TemplateLibrary.embedded
    let texts = library.names.map { library.text($0) } + [library.interface]
    return texts.reduce(into: []) { names, text in
      names.formUnion(identifiers(text.replacing(#/\{\{[^}]*\}\}/#, with: " ")))
    }
  }()

  private static func identifiers(_ text: String) -> [String] {
    text.matches(of: #/[A-Za-z_][A-Za-z0-9_]*/#).map { String($0.output) }
  }

  /// What the headers of the generated C, and of its host, declare and define in GNU mode.
  private static func libcNames() throws -> Set<String> {
    // Of shadowed enumerators gcc alone tells.
    let compiler = try #require(
      Tools.compilers.first { $0.hasSuffix("gcc") } ?? Tools.compilers.last)
    return try Tools.inFolder { folder in
      let headers = ["math", "stddef", "stdint", "stdatomic", "stdio", "stdlib", "string"]
      let source = headers.map { "#include <\($0).h>\n" }.joined()
      try Data(source.utf8).write(to: URL(fileURLWithPath: folder + "/all.c"))
      let found = try Tools.run(compiler, ["-std=gnu17", "-E", "-dD", "all.c"], in: folder)
      try #require(found.status == 0)
      return Set(identifiers(found.said))
    }
  }

  /// The keywords of C23 and of C++20.
  private static let keywords: Set<String> = Set(
    """
    alignas alignof auto bool break case char const constexpr continue default do double else enum \
    extern false float for goto if inline int long nullptr register restrict return short signed sizeof \
    static static_assert struct switch thread_local true typedef typeof typeof_unqual union unsigned void \
    volatile while _Alignas _Alignof _Atomic _BitInt _Bool _Complex _Decimal128 _Generic _Imaginary \
    _Noreturn _Static_assert _Thread_local asm and and_eq bitand bitor catch class co_await co_return \
    co_yield compl concept const_cast consteval constinit decltype delete dynamic_cast explicit export \
    friend mutable namespace new noexcept not not_eq operator or or_eq private protected public \
    reinterpret_cast requires static_cast template this throw try typeid typename using virtual wchar_t \
    xor xor_eq linux unix
    """.split(separator: " ").map(String.init))
}
