import Diagnostics

extension Frontend {
  /// `source`, which has no mistakes, as a single file: the blocks and constants of what it includes
  /// stand in the place of each `include`.
  package static func flattened(_ source: SourceFile) -> SourceFile {
    if source.included.isEmpty { return source }
    var flattening = Flattening(source: source)
    return SourceFile(name: source.name, text: flattening.text(of: 0))
  }
}

/// Puts the texts of a model's files together, each file once.
private struct Flattening {
  let source: SourceFile
  private var seen: Set<Int> = []

  init(source: SourceFile) { self.source = source }

  /// The whole text of a file, its includes written out.
  mutating func text(of file: Int) -> String {
    seen.insert(file)
    let bytes = source.file(file).bytes
    var (text, end) = ("", 0)
    for case .include(let include) in Frontend.parse(source.file(file)).syntax.items {
      text += String(decoding: bytes[end..<include.keyword.lower.offset], as: UTF8.self)
      text += parts(of: include, in: file).joined(separator: "\n\n")
      end = include.range.upper.offset
    }
    return text + String(decoding: bytes[end...], as: UTF8.self)
  }

  /// What an `include` stands for: a file lends its blocks and constants.
  private mutating func parts(of include: IncludeSyntax, in file: Int) -> [String] {
    guard case .file(let index) = source.inclusions[.init(include.path, in: file)],
      seen.insert(index).inserted
    else { return [] }
    let included = source.file(index)
    return Frontend.parse(included).syntax.items.flatMap { item -> [String] in
      switch item {
      case .block(let block): [included.text(block.range)]
      case .constant(let constant): [included.text(constant.range)]
      case .include(let inner): parts(of: inner, in: index)
      case .model, .training: []
      }
    }
  }
}
