import IR

extension KernelPlan {
  /// The plan as text, one kernel per line: what `bnc compile --emit kernels` prints.
  package var text: String {
    let vectors = "\(lanes) \(options.precision.rawValue) lanes"
    let layout =
      options.purpose == .inference ? "channels in \(vectors)" : "\(blocks) blocks of \(vectors)"
    var lines = ["kernels of \(model.name): \(layout), \(options.target.name)"]
    let loading = loadingKernels
    for (index, kernel) in kernels.enumerated() {
      lines.append(
        "  \(kernel.phase): \(kernel.name) \(kernel.tasks.words)"
          + (kernel.spec.tileText.map { ", \($0)" } ?? ""))
      if loading.contains(index) {
        lines.append("    loads \(model.inputs[0].name) block by block")
      }
      for (word, access) in [
        ("reads", Effect.Access.read), ("writes", .write), ("updates", .update),
      ] {
        let names = kernel.effects.filter { $0.access == access }.compactMap(name)
        if !names.isEmpty { lines.append("    \(word) \(names.joined(separator: ", "))") }
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// What an effect is on; nil of slots where the optimizer keeps none.
  private func name(of effect: Effect) -> String? {
    func text(_ tensor: TensorID) -> String {
      "\(model.layers[tensor.layer].name).\(tensor.role.rawValue)"
    }
    return switch effect.resource {
    case .buffer(let id): self[id].name
    case .parameter(let tensor), .state(let tensor): text(tensor)
    case .gradient(let tensor): "d(\(text(tensor)))"
    case .slots(let tensor):
      model.optimizer(of: tensor.role, in: tensor.layer).slots.isEmpty
        ? nil : "slots of \(text(tensor))"
    case .input(let index): model.inputs[index].name
    case .target(let index): model.targets[index].name
    }
  }

  /// Bytes of scratch that the kernels of each input and each layer write, before buffers share
  /// places; those of the losses are the first input's.
  package func scratchByValue() -> ValueTable<Int> {
    var bytes = ValueTable(of: model) { _ in 0 }
    var counted: Set<BufferID> = []
    for kernel in kernels {
      let value = kernel.layer.map(ValueID.result) ?? .input(kernel.input ?? 0)
      for buffer in kernel.writes where counted.insert(buffer).inserted {
        bytes[value] += self.bytes(of: self[buffer])
      }
    }
    return bytes
  }
}

extension Kernel {
  /// Which input it brings in, if it does.
  fileprivate var input: Int? {
    effects.lazy.compactMap { if case .input(let index) = $0.resource { index } else { nil } }
      .first
  }
}

extension Kernel.Tasks {
  private static func count(_ tasks: Int) -> String { tasks == 1 ? "1 task" : "\(tasks) tasks" }

  fileprivate var words: String {
    switch self {
    case .serial: "in one task"
    case .fixed(let count): "in \(Self.count(count))"
    case .inTurn(let count): "in \(Self.count(count)), one after the other"
    case .perBlock(let count): "in \(Self.count(count)) a block"
    case .perGroup(let count, let blocks): "in \(Self.count(count)) for \(blocks) blocks"
    }
  }
}

extension Partition {
  /// What a task makes of so many rows, if not all of them.
  package var bandText: String {
    count > 1 ? ", bands of \(largest) \(largest == 1 ? "row" : "rows")" : ""
  }

  /// `tiles of 3 x 4`
  package static func tileText(_ rows: Partition, _ columns: Partition) -> String {
    "tiles of \(rows.largest) x \(columns.largest)"
  }
}
