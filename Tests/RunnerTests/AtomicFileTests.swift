import Files
import Foundation
import Synchronization
import Testing

@testable import Runner

struct AtomicFileTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private struct Trouble: Error {}

  private func content(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }

  /// Protects what was there: a write that fails half way leaves it, and nothing beside it.
  @Test func leavesTheOldFile() throws {
    let path = try scratch.file("w", Array("old".utf8))
    #expect(throws: Trouble.self) {
      try AtomicFile.write(to: path) { file in
        try file.write(Array("half".utf8))
        throw Trouble()
      }
    }
    #expect(content(path) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["w"])
    try AtomicFile.write(to: path) { try $0.write(Array("new".utf8)) }
    #expect(content(path) == "new")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["w"])
  }

  /// Protects the user's time: a path that cannot be written is known before the training.
  @Test func knowsWhereItCannotWrite() throws {
    let nowhere = scratch.path + "/none/w"
    #expect(
      failure { try AtomicFile.checkWritable(nowhere) }
        == "\(nowhere): cannot be written: no such file or directory")
    #expect(failure { try AtomicFile.checkWritable(scratch.path) }.contains("is a directory"))
    let path = scratch.path + "/w"
    try AtomicFile.checkWritable(path)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// Protects links and devices: a link stays one, /dev/null stays what it is.
  @Test func followsLinksAndSparesDevices() throws {
    let target = try scratch.file("target", Array("old".utf8))
    let link = scratch.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    try AtomicFile.write(to: link) { try $0.write(Array("new".utf8)) }
    #expect(content(target) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
    try AtomicFile.write(to: "/dev/null") { try $0.write([1]) }
    let kind = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
    #expect(kind as? FileAttributeType == .typeCharacterSpecial)
  }

  /// Protects the files before the newest one: so many are kept as were asked for, and the newest one
  /// stays under its own name until another takes its place.
  @Test func keepsThoseBefore() throws {
    let path = scratch.path + "/c"
    for number in 0..<5 {
      try AtomicFile.rotate(path, keeping: 3)
      #expect(number == 0 || content(path) == "\(number - 1)")
      try AtomicFile.write("\(number)", to: path)
    }
    #expect([path, path + ".1", path + ".2"].map(content) == ["4", "3", "2"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        == ["c", "c.1", "c.2"])
    try AtomicFile.rotate(path, keeping: 1)
    #expect(content(path + ".1") == "3")
  }

  /// Protects a folder from what killed programs left in it, and from that the files of others and
  /// those that a program is writing.
  @Test func removesLeftovers() throws {
    let path = scratch.path + "/c"
    let names = [
      ".c.bnc-abcdef", ".c.bnc-linked", ".c.bnc-locked", ".c.bnc-abcdefg", ".d.bnc-abcdef", "c.1",
    ]
    for name in names { _ = try scratch.file(name, [1]) }
    let writer = open(scratch.path + "/.c.bnc-locked", O_RDONLY)
    defer { close(writer) }
    #expect(flock(writer, LOCK_EX) == 0)
    try AtomicFile.write("new", to: path)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        == [".c.bnc-abcdefg", ".c.bnc-locked", ".d.bnc-abcdef", "c", "c.1"])
  }

  /// Protects the place of work: what a killed program left goes, what another works in stays, and
  /// after a failure there is nothing.
  @Test func worksInAFolder() throws {
    struct Stop: Error {}
    try Folder.make(scratch.path + "/work-old/inner")
    _ = try scratch.file("work-old/inner/file", [1])
    #expect(throws: Stop.self) {
      try WorkFolder.with(in: scratch.path, prefix: "work-", help: "") { first in
        _ = try AtomicFile.write("text", to: first + "/file")
        try WorkFolder.with(in: scratch.path, prefix: "work-", help: "") { second in
          #expect(content(first + "/file") == "text" && second != first)
          let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
          #expect(names.count == 2 && !names.contains("work-old"))
        }
        throw Stop()
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  /// Protects a folder that another program takes for a leftover before it is locked: there is another
  /// one, and work goes on.
  @Test func takenForALeftover() throws {
    let parent = scratch.path
    let isOver = Mutex(false)
    let other = Thread {
      while !isOver.withLock(\.self) { WorkFolder.removeLeftovers(in: parent, prefix: "work-") }
    }
    other.start()
    defer { isOver.withLock { $0 = true } }
    for _ in 0..<3000 {
      try WorkFolder.with(in: parent, prefix: "work-", help: "") { folder in
        #expect(access(folder, F_OK) == 0)
      }
    }
  }

  /// Protects folders: those that were made are known, and a file in the way is named with the
  /// help.
  @Test func makesFolders() throws {
    let made = try Folder.make(scratch.path + "/a/b")
    #expect(made.count == 2)
    #expect(zip(made, ["/a/", "/a/b/"]).allSatisfy { $0.hasSuffix($1) }, "\(made)")
    #expect(try Folder.make(scratch.path + "/a") == [])
    let file = try scratch.file("a/b/file", [1])
    #expect(
      failure { try Folder.make(file, help: "other words") }
        == "\(file): is not a folder\nhelp: other words")
    #expect(
      failure { try Folder.make(file + "/c", help: "other words") }
        == "\(file)/c: the folder cannot be made: not a directory\nhelp: other words")
    try AtomicFile.write("text", to: scratch.path + "/a/new")
    try Folder.move(scratch.path + "/a/new", to: file)
    #expect(content(file) == "text")
    Folder.removeEmpty(made)
    #expect(content(file) == "text")
  }
}
