import Foundation
import Testing

/// A small model and its weights in a folder, as a user has them who wants to take the network elsewhere.
enum TrainedModel {
  static let text = """
    model tiny {
      input  x: [2]
      target label: class(2)
      p = x | dense(4) | batchnorm | relu | dense(1) | sigmoid
      loss binary_cross_entropy(p, label)
    }
    training {
      batch 4
      epochs 2
    }
    """

  /// A folder with `tiny.bn` and `w.safetensors`, and a shell in it.
  static func make() throws -> (Folder, Shell) {
    let folder = try Folder()
    let shell = try Shell(in: folder.path)
    try text.write(toFile: folder.path + "/tiny.bn", atomically: true, encoding: .utf8)
    let said = try shell.run("bnc train tiny.bn --save w.safetensors 2>&1; echo $?")
    try #require(said.last == "0", "\(said)")
    return (folder, shell)
  }
}
