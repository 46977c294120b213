import Diagnostics

/// The JSON at the start of a safetensors file, read by hand: a JSON library keeps one of two equal
/// names and says nothing, and a file with two tensors of one name must be refused.
struct SafeTensorsHeader {
  /// One tensor as the header describes it.
  struct Entry: Equatable {
    var name: String
    var type: String
    var shape: [Int]
    /// From where to where, in bytes after the header.
    var offsets: [Int]
  }

  /// The tensors in the order of the text.
  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// Reads the whole text.
  ///
  /// - Throws: a failure without a path, for the reader to add.
  init(parsing text: [UInt8]) throws {
    var json = JSONScanner(text)
    var names: Set<String> = []
    try json.object { json, name in
      guard names.insert(name).inserted else {
        throw Failure("names '\(name)' twice in its header")
      }
      if name == "__metadata__" {
        try json.object { json, key in self.metadata[key] = try json.string() }
      } else {
        self.entries.append(try Self.entry(name, from: &json))
      }
    }
    try json.end()
  }

  private static func entry(_ name: String, from json: inout JSONScanner) throws -> Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try json.object { json, key in
      switch key {
      case "dtype": type = try json.string()
      case "shape": shape = try json.integers()
      case "data_offsets": offsets = try json.integers()
      default: throw Failure("has an unknown key '\(key)' at tensor '\(name)'")
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw Failure("lacks dtype, shape or data_offsets at tensor '\(name)'")
    }
    return Entry(name: name, type: type, shape: shape, offsets: offsets)
  }
}
