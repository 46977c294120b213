import Foundation
import Testing

/// Compares what a stage prints with a file that is committed, byte by byte.
///
/// `BNC_UPDATE_GOLDEN=1 swift test --filter GoldenTests` writes what is printed now in place of
/// what was; that run fails all the same, so that nobody takes it for a pass.
enum Golden {
  /// What rewrites the files.
  static let command = "BNC_UPDATE_GOLDEN=1 swift test --filter GoldenTests"

  /// Whether this run rewrites.
  static var isUpdating: Bool {
    ProcessInfo.processInfo.environment["BNC_UPDATE_GOLDEN", default: ""] == "1"
  }

  /// The top of the package.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// `Tests/GoldenTests/Cases`
  static let cases = root.appending(path: "Tests/GoldenTests/Cases")

  /// Holds `text` against the file at `path`, counted from the top of the package.
  static func expect(
    _ text: String, at path: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = root.appending(path: path)
    let expected = (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) }
    if expected == text { return }
    if isUpdating {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      Issue.record("\(path) is rewritten; look at the difference", sourceLocation: sourceLocation)
      return
    }
    let place = expected.map { firstDifference($0, text) } ?? "there is no such file"
    Issue.record(
      "\(path) differs: \(place)\nto rewrite it: \(command)", sourceLocation: sourceLocation)
  }

  /// The names of the files of a folder of `Cases` that end in `suffix`, without it, in order.
  static func names(in folder: String, suffix: String) -> [String] {
    let files =
      (try? FileManager.default.contentsOfDirectory(atPath: cases.appending(path: folder).path))
      ?? []
    return files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
  }

  /// The first line in which two texts differ.
  private static func firstDifference(_ expected: String, _ found: String) -> String {
    let (old, new) = (lines(expected), lines(found))
    let index = zip(old, new).prefix { $0 == $1 }.count
    let (before, now) = (index < old.count ? old[index] : nil, index < new.count ? new[index] : nil)
    return "line \(index + 1)\n  expected: \(before ?? "the end")\n  found:    \(now ?? "the end")"
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }
}
