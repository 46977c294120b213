import Runner

extension Sample {
  /// The examples in the form that a plugin reads.
  package func examples(for description: PluginDescription) throws -> Examples {
    Examples(
      inputs: try zip(allInputs, description.inputs).map { numbers, input in
        // A sample's numbers are those that the network sees.
        let given = input.scalesReals ? numbers.map { $0 / input.scale } : numbers
        return try Tensor(
          shape: [count] + input.shape, values: given, as: description.elementType)
      },
      targets: try zip(allTargets, description.targets).map { target, declared in
        switch target {
        case .labels(let labels):
          let memory = try AlignedMemory(byteCount: labels.count * 4, purpose: "labels")
          labels.withUnsafeBytes { memory.bytes.copyBytes(from: $0) }
          return .classes(memory, perExample: labels.count / max(count, 1))
        case .values(let numbers):
          return .values(
            try Tensor(
              shape: [count] + declared.shape, values: numbers, as: description.elementType))
        }
      })
  }
}
