import Diagnostics
import IR
import Operators
import Testing

@testable import Language

/// Files that a model includes.
@Suite struct IncludeTests {
  private static let model = """
    include "blocks/units.bn"
    model m {
      input x: [3, 8, 8]
      target t: class(10)
      y = x | unit(width) | unit(4) | flatten | dense(10)
      loss softmax_cross_entropy(y, t)
    }
    """
  private static let units = """
    const width = 2 * base
    block unit(channels) { out = in | conv(channels, kernel: 3) | relu }
    block spare { out = in | relu }
    """

  /// `text` as `models/m.bn` with `files` around it.
  private func source(_ text: String, _ files: [String: String]) -> SourceFile {
    let reader = FileReader(
      identity: { path in
        // As a file system does it, `a/../b` is `b`, and `./b` too.
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
          if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
      },
      read: { path in
        files[path].map(Result.success)
          ?? .failure(Failure("there is no such file", path: path))
      })
    return Frontend.including(SourceFile(name: "models/m.bn", text: text), reader)
  }

  private func check(
    _ text: String, _ files: [String: String]
  ) -> (model: Model?, diagnostics: [Diagnostic], source: SourceFile) {
    let source = source(text, files)
    let (model, diagnostics) = Frontend.check(source, library: .standard)
    return (model, diagnostics, source)
  }

  /// Protects what an included file gives: blocks and constants, those that it includes itself too,
  /// seen from its own folder, and no warning for what this model does not use.
  @Test func blocksAndConstants() throws {
    let (model, diagnostics, source) = check(
      Self.model,
      [
        "models/blocks/units.bn": "include \"../base.bn\"\n" + Self.units,
        "models/blocks/../base.bn": "const base = 3",
      ])
    #expect(diagnostics.codes.isEmpty)
    let layers = try #require(model).layers
    #expect(layers.map(\.name).prefix(2) == ["unit1_conv1", "unit1_relu1"])
    #expect(layers[0].shape.channels == 6)
    #expect(source.file(layers[0].range.lower.file).name == "models/blocks/units.bn")
    #expect(layers[0].range.lower.line == 3)
    #expect(ModelText.describe(try #require(model)).contains("line 3 of an included file"))
  }

  /// Protects a whole model as a library: its blocks count, its model and training do not.
  @Test func wholeModel() throws {
    let whole = Self.units + "\nmodel other { input x: [1] }\ntraining { batch 3 }\nconst base = 1"
    let (model, diagnostics, _) = check(
      Self.model.replacing("width", with: "5"),
      ["models/blocks/units.bn": whole.replacing("const width = 2 * base\n", with: "")])
    #expect(diagnostics.codes.isEmpty)
    #expect(try #require(model).training.batch == 64)
    #expect(try #require(model).name == "m")
  }

  /// Protects files that are included twice, by other paths too: they count once.
  @Test func twice() throws {
    let (model, diagnostics, source) = check(
      "include \"base.bn\"\ninclude \"./base.bn\"\ninclude \"blocks/../base.bn\"\n" + Self.model,
      [
        "models/blocks/units.bn": "include \"../base.bn\"\n" + Self.units,
        "models/base.bn": "const base = 1",
      ])
    #expect(diagnostics.codes.isEmpty)
    #expect(model != nil)
    #expect(source.included.count == 2)
  }

  /// Protects the places of mistakes in an included file: its name, its line, in text and JSON.
  @Test func mistakes() throws {
    let (model, diagnostics, source) = check(
      "const base = 1\nblock spare { out = in | relu }\n" + Self.model,
      ["models/blocks/units.bn": Self.units.replacing("kernel", with: "kernal")])
    #expect(model == nil)
    #expect(Set(diagnostics.codes) == [.duplicateName, .unknownKey])
    let text = TextRenderer(source: source).render(diagnostics)
    #expect(text.contains(" --> models/blocks/units.bn:2:"))
    #expect(text.contains("2 | block unit(channels)"))
    #expect(text.contains(" --> models/m.bn:2:7"))
    let json = try JSONRenderer(source: source).render(diagnostics)
    #expect(json.contains("\"file\":\"models/blocks/units.bn\""))
    #expect(json.contains("\"file\":\"models/m.bn\""))
  }

  /// Protects what cannot be included: it is said at the `include`, once, and what it would have
  /// given is not missed.
  @Test(arguments: [
    "missing.bn", "", "/etc/passwd",
  ])
  func unreadable(_ path: String) {
    let (model, diagnostics, _) = check(
      Self.model.replacing("blocks/units.bn", with: path), [:])
    #expect(model == nil)
    #expect(diagnostics.codes == [.unreadableInclude])
    #expect(diagnostics[0].range.lower.line == 1)
    #expect(diagnostics[0].range.lower.column == 9)
  }

  /// Protects against cycles: of one file, and through others, told at the `include` that closes
  /// the cycle.
  @Test func cycles() {
    let alone = check(
      "include \"m.bn\"\n" + Self.model, ["models/blocks/units.bn": "const base = 1"])
    #expect(alone.diagnostics.contains { $0.code == .recursiveInclude && $0.range.lower.file == 0 })
    let others = check(
      Self.model,
      [
        "models/blocks/units.bn": "include \"a.bn\"\nconst base = 1\n" + Self.units,
        "models/blocks/a.bn": "include \"b.bn\"", "models/blocks/b.bn": "include \"units.bn\"",
      ])
    let found = others.diagnostics.filter { $0.code == .recursiveInclude }
    #expect(found.count == 1)
    #expect(others.source.file(found[0].range.lower.file).name == "models/blocks/b.bn")
    #expect(found[0].message.contains("models/blocks/a.bn"))
  }

  /// Protects the limits: of all files together, and of their number.
  @Test func limits() {
    let large = String(repeating: "# a comment\n", count: 50_000)
    let (model, diagnostics, _) = check(
      "include \"a.bn\"\ninclude \"b.bn\"\n" + Self.model,
      ["models/a.bn": large, "models/b.bn": large, "models/blocks/units.bn": Self.units])
    #expect(model == nil)
    #expect(diagnostics.codes.contains(.unreadableInclude))
    var files = ["models/blocks/units.bn": Self.units]
    for index in 0..<300 { files["models/\(index).bn"] = "include \"\(index + 1).bn\"" }
    files["models/300.bn"] = ""
    let deep = check("include \"0.bn\"\n" + Self.model, files)
    #expect(deep.diagnostics.contains { $0.code == .unreadableInclude })
    #expect(deep.source.included.count == Limits.files - 1)
  }

  /// Protects layout: an `include` stays as it is.
  @Test func layout() throws {
    let text = "include   \"a b.bn\" # why\ninclude \"c.bn\"\nmodel m{}"
    #expect(
      try Formatter.format(SourceFile(name: "m.bn", text: text)).get()
        == "include \"a b.bn\"  # why\ninclude \"c.bn\"\n\nmodel m {}\n")
  }

  /// Protects paths that do not end, and those that stand elsewhere.
  @Test(arguments: [
    ("include \"a.bn\nmodel m {}", DiagnosticCode.unclosedBracket),
    ("include a.bn", .unexpectedToken), ("include", .unexpectedToken),
    ("model m { include \"a.bn\" }", .unclosedBracket), ("const a = \"b\"", .unexpectedToken),
  ])
  func syntax(_ text: String, _ code: DiagnosticCode) {
    #expect(Frontend.parse(SourceFile(name: "m.bn", text: text)).diagnostics.first?.code == code)
  }
}
