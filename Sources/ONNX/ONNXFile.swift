import Diagnostics
import SwiftProtobuf

/// ONNX files: a model's message as bytes.
package enum ONNXFile {
  /// What no message of protocol buffers is longer than.
  package static let largest = Int(Int32.max)

  /// The bytes of `model`, the same each time.
  ///
  /// - Throws: `Failure` where they are too many.
  package static func bytes(of model: Onnx_ModelProto) throws(Failure) -> [UInt8] {
    // Before they are made: protocol buffers count them in 32 bits.
    let numbers = model.graph.initializer.reduce(0) { $0 + $1.rawData.count }
    guard numbers < largest - (1 << 24) else {
      throw Failure("the weights are \(numbers) bytes, and an ONNX file has 2 GiB at most")
    }
    do {
      return try model.serializedBytes()
    } catch {
      throw Failure("the network makes no ONNX file: \(error)")
    }
  }

  /// The model that `bytes` are.
  ///
  /// - Throws: `Failure`, without a path, where they are none.
  package static func model(_ bytes: [UInt8]) throws(Failure) -> Onnx_ModelProto {
    do {
      return try Onnx_ModelProto(serializedBytes: bytes)
    } catch {
      throw Failure(
        "is no ONNX file, or not whole",
        help: "torch.onnx.export, tf2onnx and skl2onnx write such files")
    }
  }
}
