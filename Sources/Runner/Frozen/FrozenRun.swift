import Diagnostics

/// Runs examples through a frozen network.
struct FrozenRun {
  private let library: FrozenLibrary
  private let form: FrozenForm
  private let description: PluginDescription

  init(_ library: FrozenLibrary, _ form: FrozenForm, _ description: PluginDescription) {
    self.library = library
    self.form = form
    self.description = description
  }

  /// Of each output that of all examples. The last call is filled up with the last example.
  ///
  /// - Throws: a failure where the examples are real values, and the network takes bytes.
  func outputs(of examples: Examples) throws -> [[Float]] {
    for (input, value) in zip(examples.inputs, description.inputs)
    where form.takesBytes && input.type != .uint8 {
      throw Failure(
        "the data have real values for '\(value.name)', and the frozen network takes bytes",
        help: "freeze it with --input float")
    }
    let size = form.takesBytes ? 1 : 4
    let inputs = try description.inputs.map {
      try AlignedMemory(byteCount: form.batch * $0.count * size, purpose: "inputs")
    }
    let outputs = try description.outputs.map {
      try AlignedMemory(byteCount: form.batch * $0.count * 4, purpose: "outputs")
    }
    var all = description.outputs.map { _ in [Float]() }
    for start in stride(from: 0, to: examples.count, by: form.batch) {
      for n in 0..<form.batch {
        let row = examples.row(of: min(start + n, examples.count - 1))
        for index in inputs.indices { copy(row, of: examples, index, to: inputs[index], at: n) }
      }
      try library.run(
        inputs.map { UnsafeRawPointer($0.bytes.baseAddress) },
        outputs: outputs.map { $0.bytes.baseAddress?.assumingMemoryBound(to: Float.self) })
      let count = min(form.batch, examples.count - start)
      for (index, output) in description.outputs.enumerated() {
        all[index] += outputs[index].bytes.bindMemory(to: Float.self)[..<(count * output.count)]
      }
    }
    return all
  }

  /// Copies a row of input `index`, as the network takes it, to place `n` of a call's.
  private func copy(
    _ row: Int, of examples: Examples, _ index: Int, to memory: AlignedMemory, at n: Int
  ) {
    let (input, value) = (examples.inputs[index], description.inputs[index])
    let source = input.bytes
    if input.type == .uint8 {
      let bytes = source[row * value.count..<(row + 1) * value.count]
      if form.takesBytes {
        UnsafeMutableRawBufferPointer(rebasing: memory.bytes[(n * value.count)...])
          .copyBytes(from: bytes)
        return
      }
      // Where all numbers are scaled, the network does that.
      let scale: Float = value.scalesReals ? 1 : Float(value.scale)
      for (k, byte) in bytes.enumerated() {
        memory.bytes.storeBytes(
          of: Float(byte) * scale, toByteOffset: (n * value.count + k) * 4, as: Float.self)
      }
      return
    }
    for k in 0..<value.count {
      memory.bytes.storeBytes(
        of: Float(input[row * value.count + k]), toByteOffset: (n * value.count + k) * 4,
        as: Float.self)
    }
  }
}
