import Diagnostics
import Zoo

/// The example models that bnc carries.
public enum ExampleModels {
  /// All of them, in the order of `Sources/Zoo/zoo.c`.
  public static let all: [(name: String, text: String)] = (0..<zoo_count()).map { index in
    let entry = zoo_at(index)
    let bytes = UnsafeRawBufferPointer(start: entry.text, count: Int(entry.length))
    return (String(cString: entry.name), String(decoding: bytes, as: UTF8.self))
  }
}
