import Diagnostics
import Foundation
import Language
import Lowering
import Testing

@testable import CodeGeneration
@testable import Driver

/// The hashes that tell plugins apart.
@Suite struct HashTests {
  /// Protects SHA-256 by NIST's examples (FIPS 180-4: 0, 24, 448, 896 and 8,000,000 bits), and by
  /// the lengths around those at which its padding takes a block more, whose digests are Python's
  /// hashlib's.
  @Test(arguments: [
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
        + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 1,
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ("a", 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
    ("a", 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
    ("a", 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
    ("a", 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    ("a", 119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
  ])
  func digests(text: String, times: Int, digest: String) {
    #expect(SHA256.hexadecimal(of: Array(String(repeating: text, count: times).utf8)) == digest)
  }

  /// Protects the cache from a plugin that another bnc, another model or other options would make
  /// otherwise: each of them changes the hash.
  @Test func allThatShapesTheCShapesItsHash() {
    let source = SourceFile(name: "a.bn", text: "model a { }")
    var cache = CompileOptions()
    cache.plan.target.cacheBytes /= 2
    let options = [
      CompileOptions(plan: PlanOptions(target: .x86_64_v4)),
      CompileOptions(plan: PlanOptions(target: .generic)),
      CompileOptions(plan: PlanOptions(precision: .double)),
      CompileOptions(plan: PlanOptions(fuses: false)), CompileOptions(plan: .least(.float)),
      CompileOptions(plan: PlanOptions(purpose: .inference)), CompileOptions(batch: 1), cache,
    ]
    let hashes =
      options.map { Compiler.modelHash(source, $0) } + [
        Compiler.modelHash(source, CompileOptions()),
        Compiler.modelHash(SourceFile(name: "b.bn", text: source.text), CompileOptions()),
        Compiler.modelHash(SourceFile(name: "a.bn", text: source.text + "#"), CompileOptions()),
        Compiler.modelHash(source, CompileOptions(), version: "0"),
        Compiler.modelHash(source, CompileOptions(), templates: ""),
      ]
    let included = ["const a = 1", "const a = 2"].map { text in
      let reader = FileReader(identity: { $0 }, read: { _ in .success(text) })
      let including = SourceFile(name: "a.bn", text: "include \"b.bn\"\n" + source.text)
      return Compiler.modelHash(Frontend.including(including, reader), CompileOptions())
    }
    #expect(Set(hashes + included).count == hashes.count + included.count)
  }

  /// Protects the templates' part of the hash: it covers every file, whose texts are whole.
  @Test func templatesAreEmbeddedWhole() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Templates/C")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().filter {
      $0.hasSuffix(".mustache") || $0.hasSuffix(".c")
    }
    for name in names {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      #expect(TemplateLibrary.embedded.text(name) == text, "Templates/templates.c lacks \(name)")
      #expect(PluginSource.templates.contains(text))
    }
    #expect(!names.isEmpty)
  }
}
