import Diagnostics
import Driver
import Foundation
import ONNX
import Testing

/// What `bnc import` refuses, and how it says so: nothing is imported that is not the same network.
@Suite struct ImportRefusalTests {
  /// Protects those whose network the language cannot say: the node, its operator and the reason
  /// are told.
  @Test(arguments: refused)
  func networks(_ graph: String, _ message: String) throws {
    let image = "input x: float [batch, 4, 6, 6]\n"
    let text = (graph.contains("input") ? "" : image) + graph
    let bytes = try ONNXTextReader.bytes(text)
    let failure = importFailure { try importing(bytes) }
    #expect(failure?.what.contains(message) == true, "\(failure?.description ?? "no failure")")
  }

  private static let refused: [(String, String)] = [
    (
      "y = Einsum(x) equation ij\noutput y",
      "node 'node_y' (Einsum) cannot be imported: the language has no such operation"
    ),
    ("y = com.Thing(x)\noutput y", "(com Thing) cannot be imported: the language has no such"),
    ("y = Sqrt(x)\noutput y", "(Sqrt) cannot be imported"),
    (
      "y = MatMul(x, x)\noutput y",
      "it multiplies two computed values as matrices, as attention does"
    ),
    ("y = Transpose(x) perm [1, 0, 2, 3]\noutput y", "it moves the batch to another axis"),
    ("y = Softmax(x) axis 0\noutput y", "it works along the batch"),
    ("y = Concat(x, x) axis 0\noutput y", "it works along the batch"),
    (
      "tensor s: int64 [1] = -1\ny = Reshape(x, s)\noutput y",
      "does not keep the batch as the first axis"
    ),
    (
      "tensor s: int64 [3] = 0, 7, -1\ny = Reshape(x, s)\noutput y",
      "it makes [0, 7, -1] of values of [4, 6, 6]"
    ),
    ("tensor s: int64 [2] = 0, -9223372036854775807\ny = Reshape(x, s)\noutput y", "it makes"),
    ("tensor w: float [4, 4, 3, 3]\nv = Conv(x, x)\noutput v", "operand 2, 'x', is computed"),
    (
      "tensor w: float [4, 3, 3, 3]\ny = Conv(x, w)\noutput y",
      "its weight is [4, 3, 3, 3], and must be [4, 4, 3, 3]"
    ),
    ("tensor w: float [4, 4, 3, 3]\ny = Conv(x, w) strides [0, 1]\noutput y", "its window is"),
    ("tensor w: float [4, 4, 3, 3]\ny = Conv(x, w) pads [-1, 0, 0, 0]\noutput y", "its pads are"),
    (
      "tensor w: float [4, 4, 3, 3]\ny = Conv(x, w) auto_pad SAME_MIDDLE\noutput y",
      "its auto_pad is 'SAME_MIDDLE'"
    ),
    ("tensor w: float [4, 4, 3, 3]\ny = Conv(x, w) group 3\noutput y", "groups"),
    ("tensor w: float [4, 4, 9, 9]\ny = Conv(x, w)\noutput y", "does not fit"),
    (
      "input x: float [b, 2, 3, 3, 3]\ntensor w: float [2, 2, 1, 1, 1]\ny = Conv(x, w)\noutput y",
      "windows over 3 axes"
    ),
    (
      "tensor g: float [4]\ny = BatchNormalization(x, g, g, g, g) training_mode 1\noutput y",
      "it takes the statistics of the batch"
    ),
    ("tensor g: float [3]\ny = BatchNormalization(x, g, g, g, g)\noutput y", "must be [4]"),
    (
      "y = AveragePool(x) kernel_shape [2, 2] dilations [2, 2]\noutput y",
      "'avgpool' has them side by side"
    ),
    (
      "y, i = MaxPool(x) kernel_shape [2, 2]\nz = Cast(i) to 1\noutput z",
      "it reads 'i', which nothing makes before it"
    ),
    (
      "y = MaxPool(x) kernel_shape [2, 2] pads [2, 2, 2, 2]\noutput y",
      "is at most half of the kernel"
    ),
    ("y = Resize(x, , s) mode cubic\ntensor s: float [4] = 1, 1, 2, 2\noutput y", "mode 'cubic'"),
    (
      "y = Resize(x, , s) mode linear coordinate_transformation_mode asymmetric\ntensor s: float [4] = 1, 1, 2, 2\noutput y",
      "it interpolates with asymmetric"
    ),
    (
      "y = Resize(x, , s) mode nearest\ntensor s: float [4] = 1, 2, 1, 1\noutput y",
      "it resizes the channels"
    ),
    (
      "tensor p: int64 [8] = 0, 0, 0, 0, 0, 0, -1, 0\ny = Pad(x, p)\noutput y",
      "it takes numbers away with pads below 0"
    ),
    (
      "tensor p: int64 [8] = 0, 0, 1, 1, 0, 0, 1, 1\ny = Pad(x, p) mode wrap\noutput y",
      "mode 'wrap'"
    ),
    (
      "tensor p: int64 [8] = 1, 0, 0, 0, 0, 0, 0, 0\ny = Pad(x, p)\noutput y",
      "it works along the batch"
    ),
    (
      "tensor i: int64 [3] = 2, 0, 1\ny = Gather(x, i) axis 1\noutput y",
      "an order that no slice has"
    ),
    (
      "tensor t: float [9, 4]\ninput i: float [b, 2]\ny = Gather(t, i)\noutput y",
      "the language has no embeddings"
    ),
    ("input i: int64 [b, 2]\ny = Cast(i) to 1\noutput y", "bnc reads real numbers and bytes"),
    (
      "tensor r: float [] = 0.5\ntensor t: int64 [] = 1\ny = Dropout(x, r, t)\noutput y",
      "it drops numbers in evaluation too"
    ),
    ("y = Cast(x) to 7\noutput y", "it makes whole numbers of what is computed"),
    ("tensor k: float [6, 6]\ny = Add(x, k)\noutput y", "differs along several axes"),
    ("tensor k: float [2, 4, 6, 6]\ny = Add(x, k)\noutput y", "a constant of [2, 4, 6, 6]"),
    ("tensor i: float [] = 2.5\ny = Pow(x, i)\noutput y", "powers of whole numbers from 1 to 8"),
    ("input x: float [b]\ny = Relu(x)\noutput y", "has 1 axes, and needs a batch"),
    ("input x: float [b, 3, h, w]\ny = Relu(x)\noutput y", "the input 'x' leaves a size open"),
    ("input x: float [b, 70000]\ny = Relu(x)\noutput y", "the input 'x' has the size 70000"),
    ("input x: float [b, 1, 1, 1, 1, 1]\ny = Relu(x)\noutput y", "one to four sizes"),
    (
      "input x: float [2, 3]\ninput z: float [4, 3]\ny = Add(x, z)\noutput y",
      "different first sizes"
    ),
    (
      "input x: float [b, 3]\ninput z: float [b, 2]\ny = Add(x, z)\noutput y",
      "needs two values of one shape"
    ),
    ("output x", "the output 'x' is an input, as it is"),
    ("tensor t: float [2]\noutput t", "no output depends on an input"),
    ("y = Relu(x)\noutput z", "no output depends on an input"),
    ("y = Relu(x)", "no output depends on an input"),
  ]
}
