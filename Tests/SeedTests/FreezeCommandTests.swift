import Driver
import Foundation
import Testing

/// `bnc freeze`, as a shell runs it.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct FreezeCommandTests {
  /// Protects the way from a model to a program: what is written, the differences that --check finds, and
  /// that the first lines of the C have them; the same files each time, however often.
  @Test func fromModelToProgram() throws {
    let (folder, shell) = try TrainedModel.make()
    let said = try shell.run(
      "bnc freeze tiny.bn --load w.safetensors -o net.c --main --check - 2>&1; echo $?")
    #expect(said.contains { $0.hasPrefix("largest difference ") })
    #expect(said.contains { $0.hasPrefix("0 of ") && $0.hasSuffix(" answers change") })
    #expect(said.suffix(5).dropLast(2) == ["wrote net.c", "wrote net.h", "wrote net_main.c"])
    #expect(said.last == "0")
    let head = try shell.run("sed '/^#include/q' net.c | tr '\\n' ' '").joined()
    #expect(head.contains("This file against that: largest difference "))
    #expect(head.replacing("// ", with: "").contains("are those of w.safetensors: 25 parameters"))
    let first = try contents(folder)
    _ = try shell.run("bnc freeze tiny.bn --load w.safetensors -o net.c --main --check -")
    #expect(try contents(folder) == first)
    let run = try shell.run(
      "${CC:-cc} -std=c99 net_main.c net.c -lm -o net && head -c 8 /dev/zero > x && ./net x")
    #expect(run.count == 1 && run[0].hasPrefix("p: class "))
  }

  /// Protects those who make a mistake: each is told what was wrong, ends with 1 and leaves no file.
  @Test(arguments: [
    ("-o net.h", "is no name of a C file"), ("-o net.c --name 1x", "cannot begin names in C"),
    ("-o math.c", "header of C's own"), ("-o int-8.c", "cannot begin names in C"),
    ("-o none/net.c", "cannot be written"), ("-o net.c --target vax", "there is no target"),
    ("-o net.c --batch 0", "--batch must be from 1"), ("-o net.c --check none", "none"),
    ("-o net.c --input bytes --check -", "freeze it with --input float"),
  ])
  func mistakes(_ arguments: String, _ message: String) throws {
    let (folder, shell) = try TrainedModel.make()
    let said = try shell.run("bnc freeze tiny.bn --load w.safetensors \(arguments) 2>&1; echo $?")
    #expect(said.last == "1" && said.joined(separator: "\n").contains(message), "\(said)")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.sorted() == ["tiny.bn", "w.safetensors"])
  }

  /// Protects from weights that are none of the model, or none at all, and from a plugin.
  @Test func wrongWeights() throws {
    let (folder, shell) = try TrainedModel.make()
    let other = TrainedModel.text.replacing("dense(4)", with: "dense(5)")
    try other.write(toFile: folder.path + "/other.bn", atomically: true, encoding: .utf8)
    let said = try shell.run("bnc freeze other.bn --load w.safetensors -o net.c 2>&1; echo $?")
    #expect(said.last == "1" && said[0].contains("has [5, 2]"), "\(said)")
    let none = try shell.run(
      "bnc freeze tiny.bn --load tiny.bn -o net.c 2>&1; echo $?; ls net.c 2>&1")
    #expect(none.contains("1") && none.last?.contains("No such file") == true, "\(none)")
  }

  private func contents(_ folder: Folder) throws -> [String] {
    try ["net.c", "net.h", "net_main.c"].map {
      try String(contentsOfFile: "\(folder.path)/\($0)", encoding: .utf8)
    }
  }
}
