import Diagnostics
import IR

/// How a front end that reads no file itself gets at those that a model includes.
package struct FileReader: Sendable {
  /// What tells two paths of one file from two files: the path without links.
  package let identity: @Sendable (_ path: String) -> String
  /// The text of the file at a path.
  package let read: @Sendable (_ path: String) -> Result<String, Failure>

  package init(
    identity: @escaping @Sendable (_ path: String) -> String,
    read: @escaping @Sendable (_ path: String) -> Result<String, Failure>
  ) {
    self.identity = identity
    self.read = read
  }
}

extension Frontend {
  /// `source` with the files that it includes, directly or through others, each of them once.
  package static func including(_ source: SourceFile, _ reader: FileReader) -> SourceFile {
    var loader = Loader(reader: reader, whole: source)
    loader.load()
    return loader.whole
  }

  /// The tree of `source` with the blocks and constants of what it includes in the place of each
  /// `include`, and what is wrong with any of the files.
  static func parseWhole(
    _ source: SourceFile
  ) -> (syntax: ModelSyntax, diagnostics: [Diagnostic]) {
    var gatherer = Gatherer(source: source)
    var syntax = gatherer.parse(0)
    syntax.items = gatherer.expanded(syntax, file: 0)
    syntax.isDamaged = gatherer.isDamaged
    syntax.unread = gatherer.unread
    return (syntax, gatherer.diagnostics)
  }
}

/// Reads the files of a model, in the order in which they are included.
private struct Loader {
  let reader: FileReader
  var whole: SourceFile
  private var indices: [String: Int] = [:]
  private var bytes = 0

  init(reader: FileReader, whole: SourceFile) {
    self.reader = reader
    self.whole = whole
  }

  mutating func load() {
    indices[reader.identity(whole.name)] = 0
    bytes = whole.bytes.count
    var file = 0
    // Those that are found on the way come after the last one.
    while file <= whole.included.count {
      for include in Parser.includes(of: whole.file(file), file: file) {
        let inclusion = SourceFile.Inclusion(include.path, in: file)
        guard whole.inclusions[inclusion] == nil else { continue }
        whole.inclusions[inclusion] = find(include.path, from: whole.file(file).name)
      }
      file += 1
    }
  }

  private mutating func find(_ path: String, from name: String) -> SourceFile.Included {
    if path.isEmpty || path.hasPrefix("/") {
      return .failure(
        Failure(
          path.isEmpty ? "the path is empty" : "the path starts at the root of this machine",
          help: "name the file as seen from the folder of this one: \"blocks.bn\""))
    }
    let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
    let place = folder + path
    let identity = reader.identity(place)
    if let index = indices[identity] { return .file(index) }
    guard whole.included.count + 1 < Limits.files else {
      return .failure(Failure("with this the model has more than \(Limits.files) files"))
    }
    switch reader.read(place) {
    case .failure(let failure): return .failure(failure)
    case .success(let text):
      bytes += text.utf8.count
      guard bytes <= Limits.bytes else {
        return .failure(
          Failure("with this the files of the model are larger than \(Limits.bytes >> 20) MiB"))
      }
      whole.included.append(SourceFile(name: place, text: text))
      indices[identity] = whole.included.count
      return .file(whole.included.count)
    }
  }
}

/// Puts the parts of a model's files together.
private struct Gatherer {
  let source: SourceFile
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var isDamaged = false
  private(set) var unread = UnreadText()
  /// The files that are there, and those whose items are being put together.
  private var seen: Set<Int> = []
  private var open: [Int] = []

  init(source: SourceFile) { self.source = source }

  mutating func parse(_ file: Int) -> ModelSyntax {
    seen.insert(file)
    let (tokens, lexical) = Lexer.tokens(of: source.file(file), file: file)
    var parser = Parser(tokens: tokens)
    let syntax = parser.file()
    diagnostics += lexical + parser.diagnostics
    isDamaged = isDamaged || syntax.isDamaged
    unread.formUnion(syntax.unread)
    return syntax
  }

  /// The items of a file, included ones in their places. Of an included file, its blocks and
  /// constants count, so that a whole model can lend its blocks.
  mutating func expanded(_ syntax: ModelSyntax, file: Int) -> [ItemSyntax] {
    open.append(file)
    defer { open.removeLast() }
    var items: [ItemSyntax] = []
    for item in syntax.items {
      switch item {
      case .include(let include): items += self.items(of: include, file: file)
      case .block, .constant: items.append(item)
      case .model, .training: if file == 0 { items.append(item) }
      }
    }
    return items
  }

  private mutating func items(of include: IncludeSyntax, file: Int) -> [ItemSyntax] {
    switch source.inclusions[SourceFile.Inclusion(include.path, in: file)] {
    case .file(let index) where open.contains(index):
      let through = open.drop { $0 != index }.map { source.file($0).name }
      diagnostics.append(.recursiveInclude(include, through: through))
      return []
    case .file(let index):
      return seen.contains(index) ? [] : expanded(parse(index), file: index)
    case .failure(let failure):
      diagnostics.append(.unreadableInclude(include, failure))
    case nil:
      diagnostics.append(
        .unreadableInclude(include, Failure("no file can be read here")))
    }
    // What it would have given is not to be missed everywhere.
    isDamaged = true
    unread.hideName()
    return []
  }
}

extension Parser {
  /// What a file includes.
  fileprivate static func includes(of source: SourceFile, file: Int) -> [IncludeSyntax] {
    var parser = Parser(tokens: Lexer.tokens(of: source, file: file).tokens)
    return parser.file().items.compactMap {
      if case .include(let include) = $0 { include } else { nil }
    }
  }
}
