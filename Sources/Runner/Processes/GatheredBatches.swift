import Diagnostics

/// What several processes made of a batch each of an evaluation, in all of them: losses and outputs.
struct GatheredBatches {
  private let processes: any ProcessGroup
  private let description: PluginDescription
  /// Of each output what all processes made, one process after the other; none where nobody asks.
  private let outputs: [AlignedMemory]

  /// - Parameter withOutputs: Whether anybody asks for outputs.
  init(
    _ processes: any ProcessGroup, _ description: PluginDescription, withOutputs: Bool
  ) throws {
    self.processes = processes
    self.description = description
    outputs = try (withOutputs ? description.outputs : []).map { output in
      let own = description.batch * output.count * description.elementType.size
      let (all, overflow) = own.multipliedReportingOverflow(by: processes.count)
      guard !overflow else {
        throw Failure("the outputs of \(processes.count) processes are more than memory holds")
      }
      return try AlignedMemory(byteCount: all, purpose: "outputs of all processes")
    }
  }

  /// The results of all processes, in their order, of which this one's is `pass` with `own`; nil of it
  /// where it had no batch.
  func gather(_ pass: Network.Pass?, outputs own: [AlignedMemory]) -> [BatchResult] {
    let losses = description.losses.count
    let notFinite = pass?.notFinite.map { found in
      description.layers.firstIndex { $0 == found.layer } ?? description.layers.count
    }
    let numbers =
      [pass?.loss ?? 0, Double(notFinite ?? -1)]
      + (pass.map { $0.parts + $0.counts } ?? [Double](repeating: 0, count: 2 * losses))
    let all = processes.gather(numbers)
    for (own, gathered) in zip(own, outputs) {
      processes.gather(UnsafeRawBufferPointer(own.bytes), into: gathered.bytes)
    }
    return (0..<processes.count).map { rank in
      let its = all[rank * numbers.count..<(rank + 1) * numbers.count]
      let layer = Int(its[its.startIndex + 1])
      let layers = description.layers
      return BatchResult(
        pass: Network.Pass(
          loss: its[its.startIndex], parts: Array(its.dropFirst(2).prefix(losses)),
          counts: Array(its.suffix(losses)),
          notFinite: layer < 0
            ? nil : Network.NotFinite(layer: layers.indices.contains(layer) ? layers[layer] : nil)),
        outputs: outputs.map { memory in
          let size = memory.bytes.count / processes.count
          return UnsafeMutableRawBufferPointer(
            rebasing: memory.bytes[rank * size..<(rank + 1) * size])
        })
    }
  }
}
