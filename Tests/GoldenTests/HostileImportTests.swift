import Diagnostics
import Driver
import ONNX
import Testing

/// What `bnc import` makes of files that are damaged, or made to do harm.
@Suite struct HostileImportTests {
  /// Protects from files that are damaged, or made to do harm: each is refused with a reason, and
  /// nothing overflows, loops or takes memory that the file does not have.
  @Test(arguments: hostile)
  func hostileGraphs(_ graph: String, _ message: String) throws {
    var text = graph
    if !graph.contains("input") { text = "input x: float [batch, 4]\n" + graph }
    let bytes = try ONNXTextReader.bytes(text)
    let failure = importFailure { try importing(bytes) }
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
      _ = importFailure { try importing(Array(bytes.prefix(count))) }
    }
    var numbers: UInt64 = 7
    for _ in 0..<300 {
      var changed = bytes
      for _ in 0..<3 {
        numbers = numbers &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        changed[Int(numbers >> 33) % bytes.count] = UInt8(truncatingIfNeeded: numbers >> 20)
      }
      _ = importFailure { try importing(changed) }
    }
    #expect(importFailure { try importing([1, 2, 3]) }?.what == "is no ONNX file, or not whole")
    #expect(importFailure { try importing([]) } != nil)
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
    let failure = importFailure {
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
    let failure = importFailure { try importing(bytes) }
    #expect(
      count < 4096 ? failure == nil : failure?.what.contains("a model has 4096 at most") == true)
  }
}
