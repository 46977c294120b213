import Foundation
import Testing

/// `bnc export`, as a shell runs it.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct ExportCommandTests {
  /// Protects the way from weights to other programs' files: all three are written at once, the
  /// same each time, and bnc itself loads what is called as in PyTorch.
  @Test func writesAll() throws {
    let (folder, shell) = try TrainedModel.make()
    let command =
      "bnc export tiny.bn --load w.safetensors --onnx net.onnx --pytorch net.py --state-dict s.safetensors"
    let said = try shell.run("\(command) 2>&1; echo $?")
    #expect(said == ["wrote net.onnx", "wrote net.py", "wrote s.safetensors", "0"])
    let files = ["net.onnx", "net.py", "s.safetensors"].map { "\(folder.path)/\($0)" }
    let first = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    _ = try shell.run(command)
    #expect(try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == first)
    #expect(String(decoding: first[2].prefix(1024), as: UTF8.self).contains("running_var\""))
    let own = try shell.run("bnc evaluate tiny.bn --weights w.safetensors")
    let same = try shell.run("bnc evaluate tiny.bn --weights s.safetensors")
    #expect(own == same && !own.isEmpty)
  }

  /// Protects those who make a mistake: each is told what was wrong, ends with 1 and leaves no
  /// file.
  @Test(arguments: [
    ("", "Say what to write"), ("--onnx net.onnx", "need the weights"),
    ("--load w.safetensors --onnx none/net.onnx", "cannot be written"),
    ("--load tiny.bn --onnx net.onnx --pytorch net.py", "tiny.bn"),
    ("--pytorch net.py --state-dict s.safetensors", "need the weights"),
  ])
  func mistakes(_ arguments: String, _ message: String) throws {
    let (folder, shell) = try TrainedModel.make()
    let said = try shell.run("bnc export tiny.bn \(arguments) 2>&1; echo $?")
    #expect(said.last == "1" && said.joined(separator: "\n").contains(message), "\(said)")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.sorted() == ["tiny.bn", "w.safetensors"])
  }

  /// Protects from a network that no data have gone through: its batch norms have no statistics.
  @Test func neverTrained() throws {
    let (_, shell) = try TrainedModel.make()
    let said = try shell.run(
      "bnc train tiny.bn --epochs 0 --save fresh.safetensors 2>&1; "
        + "bnc export tiny.bn --load fresh.safetensors --onnx net.onnx 2>&1; echo $?; ls net.onnx 2>&1"
    )
    #expect(said.contains("1") && said.last?.contains("No such file") == true, "\(said)")
  }
}
