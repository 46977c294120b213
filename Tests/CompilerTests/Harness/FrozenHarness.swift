import CodeGeneration
import Driver
import IR
import Lowering
import Runner
import Verification

/// A frozen network: its C, compiled without optimization and loaded.
struct FrozenHarness {
  let source: FrozenSource
  let options: FrozenOptions
  private let plan: PlanOptions

  /// Freezes the model `text` with the weights that `values` says.
  init(
    _ text: String, _ target: TargetMachine = .portable,
    _ embedding: PlanOptions.Embedding = .float,
    _ change: (inout FrozenOptions) -> Void = { _ in }, values: (String) throws -> [Double]
  ) throws {
    var options = try FrozenOptions(name: FrozenName("net"), stem: "net")
    change(&options)
    self.options = options
    plan = PlanOptions(target: target, purpose: .inference, embedding: embedding)
    source = try Compiler.freeze(
      .init(name: "test.bn", text: text), plan, options, values: values)
  }

  /// Zeros for every tensor of a model, where numbers do not matter, but variances of 1.
  static func zeros(_ text: String) throws -> (String) throws -> [Double] {
    try numbers(text) { tensor, _ in
      [Double](repeating: tensor.role == .runningVariance ? 1 : 0, count: tensor.elementCount)
    }
  }

  /// Numbers for every tensor of a model, drawn from its name: variances above 0, everything seen.
  static func drawn(_ text: String) throws -> (String) throws -> [Double] {
    try numbers(text) { tensor, name in
      var numbers = Numbers(name.utf8.reduce(1) { $0 &* 31 &+ UInt64($1) })
      return numbers.values(for: tensor)
    }
  }

  private static func numbers(
    _ text: String, _ make: @escaping (TensorDeclaration, String) -> [Double]
  ) throws -> (String) throws -> [Double] {
    let model = try CompilerFixture.compile(text, .inference(.float)).model
    var counts: [String: TensorDeclaration] = [:]
    for (index, layer) in model.layers.enumerated() {
      for tensor in model.parameters(of: index) + model.state(of: index) {
        counts["\(layer.name).\(tensor.name)"] = tensor
      }
    }
    let declarations = counts
    return { name in
      guard let tensor = declarations[name] else { return [] }
      return make(tensor, name)
    }
  }

  /// Of each output that of each example of `sample`, whose numbers are bytes where it takes bytes.
  func run(_ sample: Sample, sizes: [Int]) throws -> [[Float]] {
    try FrozenFiles.withLibrary(
      of: source, named: options.stem, by: .find(named: nil), flags: ["-O0"]
    ) { path in
      let library = try FrozenLibrary(
        path: path, scratch: source.scratch, weights: source.weights)
      var outputs = sizes.map { [Float](repeating: .nan, count: $0 * sample.count) }
      let width = plan.embedding == .bytes ? 1 : 4
      let inputs = sample.allInputs.map { rows -> UnsafeMutableRawPointer in
        let memory = UnsafeMutableRawPointer.allocate(byteCount: rows.count * width, alignment: 64)
        for (index, number) in rows.enumerated() {
          if width == 1 {
            memory.storeBytes(of: UInt8(number), toByteOffset: index, as: UInt8.self)
          } else {
            memory.storeBytes(of: Float(number), toByteOffset: index * 4, as: Float.self)
          }
        }
        return memory
      }
      defer { for memory in inputs { memory.deallocate() } }
      for start in stride(from: 0, to: sample.count, by: options.batch) {
        let rooms = sizes.map {
          UnsafeMutablePointer<Float>.allocate(capacity: $0 * options.batch)
        }
        defer { for room in rooms { room.deallocate() } }
        try library.run(
          zip(inputs, sample.allInputs).map {
            UnsafeRawPointer($0 + start * ($1.count / sample.count) * width)
          }, outputs: rooms)
        for (index, room) in rooms.enumerated() {
          for k in 0..<sizes[index] * options.batch {
            outputs[index][start * sizes[index] + k] = room[k]
          }
        }
      }
      return outputs
    }
  }
}
