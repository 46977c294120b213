import Foundation
import Testing

/// `bnc import`, as a shell runs it.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct ImportCommandTests {
  /// Protects the way into bnc and on: the imported model predicts what the exported one does, and
  /// can be trained further and frozen.
  @Test func goesOn() throws {
    let (folder, shell) = try exported()
    #expect(
      try shell.run("bnc import net.onnx 2>&1; echo $?")
        == ["wrote net.bn", "wrote net.safetensors", "0"])
    try "1,2\n-0.5,0.25\n".write(
      toFile: folder.path + "/x.csv", atomically: true, encoding: .utf8)
    let own = try shell.run("bnc predict tiny.bn --weights w.safetensors --input x.csv")
    let other = try shell.run("bnc predict net.bn --weights net.safetensors --input x.csv")
    #expect(own.count > 1 && own.last == other.last, "\(own) \(other)")
    let said = try shell.run(
      "bnc train net.bn --load net.safetensors --epochs 1 2>&1 >/dev/null; echo $?; "
        + "bnc freeze net.bn --load net.safetensors -o frozen.c 2>&1; echo $?")
    #expect(said.last == "0" && said.contains("wrote frozen.c"), "\(said)")
    #expect(try shell.run("bnc format --check net.bn; echo $?") == ["0"])
  }

  /// Protects those who make a mistake, and files that are there: each is told what was wrong, the
  /// command ends with 1, and nothing is written.
  @Test(arguments: [
    ("none.onnx", "cannot be opened"), ("tiny.bn", "is no ONNX file"),
    ("net.onnx -o net.txt", "is no name of a model file"),
    ("net.onnx -o none/net.bn", "cannot be written"),
    ("net.onnx -o tiny.bn", "is there already"),
    ("net.onnx --shape x", "is no shape of an input"),
    ("net.onnx --shape x=0", "is no shape of an input"),
    ("net.onnx --shape y=2", "there is no input 'y'"),
    ("net.onnx --shape x=3", "the input 'x' is of 2 there, and not of 3"),
    ("net.onnx --shape x=1,2", "has 1 sizes behind the batch"),
    (".", "is not a regular file"), ("half.onnx", "half.onnx: "),
  ])
  func mistakes(_ arguments: String, _ message: String) throws {
    let (folder, shell) = try exported()
    _ = try shell.run("head -c 300 net.onnx > half.onnx")
    let said = try shell.run("bnc import \(arguments) 2>&1; echo $?")
    #expect(said.last == "1" && said.joined(separator: "\n").contains(message), "\(said)")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.sorted() == ["half.onnx", "net.onnx", "tiny.bn", "w.safetensors"])
  }

  /// A folder with a model, its weights and its ONNX file, and a shell in it.
  private func exported() throws -> (Folder, Shell) {
    let (folder, shell) = try TrainedModel.make()
    let said = try shell.run("bnc export tiny.bn --load w.safetensors --onnx net.onnx; echo $?")
    try #require(said.last == "0", "\(said)")
    return (folder, shell)
  }
}
