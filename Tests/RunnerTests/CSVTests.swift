import Foundation
import Testing

@testable import Runner

struct CSVTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func csv(_ text: String, _ name: String = "a.csv") throws -> String {
    try scratch.file(name, Array(text.utf8))
  }

  /// Protects the forms that tables come in: a line of names or none, either line end, spaces, a
  /// mark at the start, no line end at the end.
  @Test(arguments: [
    "1,2.5\n-3e-1,+4\n", "x,y\n1,2.5\n-3e-1,+4", "x,y\r\n1 , 2.5\r\n\t-3e-1,+4\r\n\r\n",
    "\u{FEFF}1,2.5\n-3e-1,+4\n  \n",
  ])
  func reads(text: String) throws {
    let table = try CSV(csv(text)).table
    #expect(table.shape == [2, 2])
    #expect(table.values == [1, 2.5, -0.3, 4])
  }

  /// Protects against what is no such table: the file, the line and the column are named.
  @Test(arguments: [
    ("1,2\n3\n", ":2: has 1 columns, the lines before it have 2"),
    ("1,2\n3,b\n", ":2: has 'b' in column 2, not a number"),
    ("1,b\n", ":1: has 'b' in column 2, not a number"),
    ("1,2\n3,nan\n", ":2: has 'nan' in column 2, not a number"),
    ("1,2\n3,0x10\n", ":2: has '0x10' in column 2, not a number"),
    ("1,2\n3,1e999\n", ":2: has '1e999' in column 2, not a number"),
    ("1,2\n3,\n", ":2: has '' in column 2, not a number"),
    ("1,2\n\n3,4\n", ":2: is blank, and rows follow it"),
    ("x,y\n", ": holds no rows of numbers"), ("", ": holds no rows of numbers"),
  ])
  func refuses(text: String, words: String) throws {
    let path = try csv(text)
    let message = failure { _ = try CSV(path) }
    #expect(message.hasPrefix(path + words), "\(message)")
  }

  /// Protects lines that do not end where a part of the file does.
  @Test func readsLongFiles() throws {
    let rows = (0..<20_000).map { "\($0),\(Double($0) / 8)" }
    let table = try CSV(csv(rows.joined(separator: "\n"))).table
    #expect(table.shape == [20_000, 2])
    #expect(
      (0..<20_000).allSatisfy { table[2 * $0] == Double($0) && table[2 * $0 + 1] * 8 == Double($0) }
    )
  }

  /// Protects against what is no table for the model: a long line is looked at once, a table of other
  /// columns is refused by its first rows, and a gzipped one does not fill the memory.
  @Test func refusesLargeFiles() throws {
    let start = ContinuousClock.now
    let line = try csv(Array(repeating: "1.5", count: 2_000_000).joined(separator: ","))
    #expect(try CSV(line, columns: 3).table.shape == [1, 2_000_000])
    // Read again with each of its parts it took minutes.
    #expect(ContinuousClock.now - start < .seconds(60))
    let rows = try csv("x,y\n1,2\n" + String(repeating: "3,4\n", count: 100_000))
    #expect(try CSV(rows, columns: 3).table.shape[0] < 100_000)
    #expect(try CSV(rows, columns: 2).table.shape == [100_001, 2])
    let plain = try csv(String(repeating: "1,2\n", count: 5000))
    let path = plain + ".gz"
    #expect(try Fixture.run("/bin/sh", ["-c", "gzip -c \(plain) > \(path)"]) == 0)
    #expect(try CSV(path, mostInflated: 20_000).table.shape == [5000, 2])
    #expect(
      failure { _ = try CSV(path, mostInflated: 19_999) }
        == "\(path): makes more than 19,999 bytes of text\nhelp: unpack it: gunzip")
  }

  private let regression = ExampleFormat(inputShape: [2], classes: nil, targetShape: [1])
  private let classes = ExampleFormat(inputShape: [1, 1, 2], classes: 3)

  /// Protects `--data FILE.csv` and `--data DIR`: inputs first, then targets.
  @Test func readsExamples() throws {
    let pool = try ThreadPool(threads: 1)
    let alone = try Dataset.load(csv("a,b,y\n1,2,3\n4,5,6\n"), format: regression, pool: pool)
    #expect(alone.training.inputs[0].values == [1, 2, 4, 5])
    #expect(alone.test.count == 2)
    guard case .values(let targets) = alone.training.targets[0] else {
      Issue.record("targets are \(alone.training.targets)")
      return
    }
    #expect(targets.shape == [2, 1] && targets.values == [3, 6])
    _ = try csv("0.5,1,2\n", "train.csv")
    _ = try csv("0.5,1,0\n0.5,2,1\n", "test.csv")
    let pair = try Dataset.load(scratch.path, format: classes, pool: pool)
    #expect(pair.training.inputs[0].shape == [1, 1, 1, 2])
    #expect(pair.training.targetClass(0) == 2 && pair.test.targetClass(1) == 1)
  }

  /// Protects against tables of another model.
  @Test func refusesWhatDoesNotFit() throws {
    func load(_ text: String, _ format: ExampleFormat) throws -> String {
      let path = try csv(text)
      return failure { _ = try Dataset.load(.test, path, format: format) }
        .replacingOccurrences(of: path, with: "FILE")
    }
    #expect(
      try load("1,2\n", regression)
        == "FILE: has 2 columns, the model wants 3: 2 inputs, then 1 target")
    #expect(
      try load("1,2,3,4\n", classes)
        == "FILE: has 4 columns, the model wants 3: 2 inputs, then a class from 0 to 2")
    #expect(
      try load("x,y,c\n1,2,0\n1,2,3\n", classes)
        == "FILE:3: has class 3, the model's classes are 0 to 2")
    #expect(
      try load("1,2,0.5\n", classes) == "FILE:1: has class 0.5, the model's classes are 0 to 2")
    let missing = failure {
      _ = try Dataset.load(.train, scratch.path, format: regression)
    }
    #expect(missing.contains("holds no train.csv and no train-inputs.npy"))
    #expect(
      failure { _ = try Dataset.load(.train, csv("1\n", "a.txt"), format: regression) }
        .contains("is neither a directory nor a .csv file"))
  }
}
