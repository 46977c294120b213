import Diagnostics
import Driver
import Foundation
import ONNX
import Testing

/// What `bnc import` refuses, and how it says so: nothing is imported that is not the same network.
@Suite struct ImportRefusalTests {
  private static func failure(_ work: () throws -> Void) -> Failure? {
    do {
      try work()
      return nil
    } catch let failure as Failure {
      return failure
    } catch {
      return Failure("\(error)")
    }
  }

  private static func importing(_ bytes: [UInt8]) throws {
    _ = try Compiler.importing(bytes, ImportOptions(name: "net", file: "net.onnx"))
  }

  /// Protects those whose network the language cannot say: the node, its operator and the reason
  /// are told.
  @Test(arguments: refused)
  func networks(_ graph: String, _ message: String) throws {
    let image = "input x: float [batch, 4, 6, 6]\n"
    let text = (graph.contains("input") ? "" : image) + graph
    let bytes = try ONNXTextReader.bytes(text)
    let failure = Self.failure { try Self.importing(bytes) }
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

  /// Protects from files that are damaged, or made to do harm: each is refused with a reason, and
  /// nothing overflows, loops or takes memory that the file does not have.
  @Test(arguments: hostile)
  func hostileGraphs(_ graph: String, _ message: String) throws {
    var text = graph
    if !graph.contains("input") { text = "input x: float [batch, 4]\n" + graph }
    let bytes = try ONNXTextReader.bytes(text)
    let failure = Self.failure { try Self.importing(bytes) }
    #expect(failure?.what.contains(message) == true, "\(failure?.description ?? "no failure")")
  }

  private static let hostile: [(String, String)] = [
    ("y = Add(x, z)\nz = Relu(y)\noutput z", "it reads 'z', which only a later node makes"),
    ("y = Add(x, z)\noutput y", "it reads 'z', which nothing makes"),
    ("y = Relu(y)\noutput y", "it reads 'y', which only a later node makes"),
    ("y = Relu(x)\ny = Tanh(x)\noutput y", "it makes 'y', which is there already"),
    ("x = Relu(x)\noutput x", "it makes 'x', which is there already"),
    ("tensor t: float [2]\ntensor t: float [2]\ny = Relu(x)\noutput y", "two tensors called 't'"),
    ("tensor t: float [3] = 1, 2\ny = Add(x, t)\noutput y", "which are 3 numbers, with 2 of them"),
    ("tensor t: float [-3] = 1\ny = Add(x, t)\noutput y", "of the sizes [-3]"),
    ("tensor t: float [4294967296, 4294967296, 2] = 1\ny = Add(x, t)\noutput y", "of the sizes"),
    (
      "tensor t: int64 [1] = 99999999999\nz = ConstantOfShape(t)\ny = Add(x, z)\noutput y",
      "which is too large"
    ),
    (
      "tensor t: int64 [2] = 4000000000, 4000000000\ntensor o: float [1]\nz = Expand(o, t)\ny = Add(x, z)\noutput y",
      "which is too large"
    ),
    (
      "tensor a: int64 [] = 0\ntensor b: int64 [] = 99999999999\ntensor c: int64 [] = 1\nz = Range(a, b, c)\ny = Add(x, z)\noutput y",
      "which is too large"
    ),
    (
      "tensor s: int64 [1] = 0\ntensor e: int64 [1] = 9223372036854775807\ntensor p: int64 [1] = -9223372036854775808\ntensor g: int64 [1] = 1\ny = Slice(x, s, e, g, p)\noutput y",
      "cannot be imported"
    ),
    (
      "tensor i: int64 [] = -9223372036854775808\ny = Gather(x, i) axis 1\noutput y",
      "it takes the places"
    ),
    ("y = Softmax(x) axis -9223372036854775808\noutput y", "it has axis"),
    ("y = Unsqueeze(x) axes [9223372036854775807]\nopset 11\noutput y", "it has the axes"),
    (
      "input x: float [b, 1]\ntensor g: float [1]\nz = Squeeze(x, g)\n"
        + "y = BatchNormalization(z, g, g, g, g)\noutput y\nopset 11",
      "cannot be imported"
    ),
    (
      "input x: float [b, 1]\ntensor g: float [1]\nz = Squeeze(x) axes [1]\n"
        + "y = BatchNormalization(z, g, g, g, g)\noutput y\nopset 11",
      "it reads a single number of each example"
    ),
    ("opset 999\ny = Relu(x)\noutput y", "operators of version 999"),
    ("y = Relu()\noutput y", "no output depends on an input"),
    ("y = Gemm(x)\noutput y", "operand 2 is left out"),
    ("y = LeakyRelu(x) alpha -1.5\noutput y", "cannot be imported"),
    ("tensor n: float [4] = nan, 1, 1, 1\ny = Mul(x, n)\noutput y", "of its gamma is nan"),
    ("tensor n: float [] = inf\ny = Mul(x, n)\noutput y", "it reads the number inf"),
  ]

  /// Protects readers: what is cut off anywhere is refused or is a whole file, and nothing crashes.
  @Test func cutFiles() throws {
    let text = """
      input x: float [batch, 4, 6, 6]
      tensor w: float [2, 4, 3, 3]
      c = Conv(x, w) kernel_shape [3, 3] pads [1, 1, 1, 1]
      y = Relu(c)
      output y
      """
    let bytes = try ONNXTextReader.bytes(text)
    for count in stride(from: 0, to: bytes.count, by: 5) {
      _ = Self.failure { try Self.importing(Array(bytes.prefix(count))) }
    }
    var numbers: UInt64 = 7
    for _ in 0..<300 {
      var changed = bytes
      for _ in 0..<3 {
        numbers = numbers &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        changed[Int(numbers >> 33) % bytes.count] = UInt8(truncatingIfNeeded: numbers >> 20)
      }
      _ = Self.failure { try Self.importing(changed) }
    }
    #expect(Self.failure { try Self.importing([1, 2, 3]) }?.what == "is no ONNX file")
    #expect(Self.failure { try Self.importing([]) } != nil)
  }

  /// Protects files elsewhere: numbers are read from the folder of the file alone, and from within
  /// the other file.
  @Test(arguments: [
    ("../secret", "0", "16", "no name of a file in its folder"),
    ("/etc/passwd", "0", "16", "no name of a file in its folder"), ("", "0", "16", "no name"),
    ("a\\b", "0", "16", "no name"), (".hidden", "0", "16", "no name"),
    ("w.data", "8", "16", "past the end"), ("w.data", "-4", "16", "past the end"),
    ("w.data", "0", "9223372036854775807", "past the end"), ("w.data", "x", "16", "past the end"),
    ("w.data", "0", "8", "which are 4 numbers, with 2"), ("w.data", "0", "16", ""),
  ])
  func externalTensors(
    _ location: String, _ offset: String, _ length: String, _ message: String
  ) throws {
    var model = ONNXTextReader.model(
      "input x: float [b, 4]\ntensor w: float [4]\ny = Mul(x, w)\noutput y")
    model.graph.initializer[0].floatData = []
    model.graph.initializer[0].dataLocation = .external
    let entries = ["location": location, "offset": offset, "length": length]
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      model.graph.initializer[0].externalData.append(.with { ($0.key, $0.value) = (key, value) })
    }
    let bytes = try ONNXFile.bytes(of: model)
    let failure = Self.failure {
      _ = try Compiler.importing(bytes, ImportOptions(name: "net", file: "net.onnx")) { name in
        #expect(name == "w.data")
        return [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64]
      }
    }
    #expect(message.isEmpty ? failure == nil : failure?.what.contains(message) == true)
  }

  /// Protects C, paths and readers' eyes: whatever names a file has, a model's are names, and its
  /// comment is a comment.
  @Test func names() throws {
    var model = ONNXTextReader.model(
      """
      input x: float [b, 4]
      tensor w: float [3, 4]
      tensor v: float [3, 3]
      h = Gemm(x, w) transB 1
      y = Gemm(h, v) transB 1
      output y
      """)
    let long = String(repeating: "ü/", count: 200)
    model.producerName = "evil\n}\nmodel other {"
    model.graph.input[0].name = "a\"; system(\"x\"); //"
    model.graph.node[0].input[0] = model.graph.input[0].name
    model.graph.initializer[0].name = "\(long).weight"
    model.graph.node[0].input[1] = "\(long).weight"
    model.graph.initializer[1].name = "../../etc.while.weight"
    model.graph.node[1].input[1] = "../../etc.while.weight"
    model.graph.node[1].output = ["repeat"]
    model.graph.output[0].name = "repeat"
    let network = try Compiler.importing(
      ONNXFile.bytes(of: model), ImportOptions(name: "1 net\n{", file: "a\nb.onnx"))
    let lines = network.text.split(separator: "\n")
    #expect(lines[0] == "# Imported from a?b.onnx, which evil?}?model other { wrote.")
    #expect(network.text.contains("model _1_net__ {"))
    #expect(network.text.contains("input  a___system__x______: [4]"))
    #expect(network.text.contains("repeat_ = "))
    for tensor in network.tensors {
      let isName = tensor.name.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || "0123456789_.".unicodeScalars.contains(scalar))
      }
      #expect(isName && tensor.name.utf8.count < 80, "\(tensor.name)")
    }
  }

  /// Protects from a stack that overflows: a chain as long as a model may be, and one too long.
  @Test(arguments: [4000, 5000])
  func longChains(_ count: Int) throws {
    var lines = ["input v0: float [b, 2]"]
    for index in 1...count { lines.append("v\(index) = Softplus(v\(index - 1))") }
    lines.append("output v\(count)")
    let bytes = try ONNXTextReader.bytes(lines.joined(separator: "\n"))
    let failure = Self.failure { try Self.importing(bytes) }
    #expect(
      count < 4096 ? failure == nil : failure?.what.contains("a model has 4096 at most") == true)
  }
}
