import Diagnostics
import IR

extension KernelPlan: Stage {
  /// Every buffer is written before it is read, names are unique, and no kernel reads a parameter
  /// or a statistic that an earlier one has changed in this step.
  package func verify() throws(Failure) {
    try verifyNames()
    var written: Set<BufferID> = []
    var changed: Set<Resource> = []
    for kernel in kernels {
      try verifyAccess(of: kernel)
      for effect in kernel.effects where effect.reads {
        switch effect.resource {
        case .buffer(let id):
          try require(
            isWritten(id, written),
            "\(kernel.name) reads \(self[id].name) before it is written")
        case .parameter(let tensor), .state(let tensor):
          try require(
            !changed.contains(effect.resource),
            "\(kernel.name) reads \(text(tensor)), which has moved")
        case .gradient, .slots, .input, .target: break
        }
      }
      for effect in kernel.effects where effect.writes {
        if let id = effect.resource.buffer { written.insert(id) }
        if case .gradient(let tensor) = effect.resource, effect.access == .write {
          try require(
            !changed.contains(effect.resource), "the gradient of \(text(tensor)) is made twice")
        }
        changed.insert(effect.resource)
      }
    }
    for output in outputs {
      try require(isWritten(output, written), "nothing writes \(self[output].name), an output")
    }
    try verifyStep(changed)
    try verifyLayouts()
    try verifyParts()
  }

  /// Whether a buffer holds its numbers after the kernels that wrote `written`: one with parts that
  /// are filled by themselves once all of them are, and what is left of it; a view with the whole.
  private func isWritten(_ id: BufferID, _ written: Set<BufferID>) -> Bool {
    if let part = self[id].part, part.role == .views { return isWritten(part.whole, written) }
    let parts = buffers.indices.filter {
      buffers[$0].part?.whole == id && buffers[$0].part?.role == .fills
    }
    let filled = parts.reduce(0) { $0 + layouts.numbersOfExample(buffers[$1].layout) }
    return parts.allSatisfy { isWritten(BufferID(index: $0), written) }
      && (written.contains(id)
        || !parts.isEmpty && filled == layouts.numbersOfExample(self[id].layout))
  }

  /// A part lies within the whole; those that are filled by themselves apart from each other; and
  /// what touches one takes blocks by themselves.
  private func verifyParts() throws(Failure) {
    for (index, buffer) in buffers.enumerated() {
      guard let part = buffer.part else { continue }
      try require(
        part.start >= 0 && part.start + reach(of: buffer) <= reach(of: self[part.whole]),
        "\(buffer.name) lies outside of \(self[part.whole].name)")
      for other in buffers[..<index] {
        guard part.role == .fills, let its = other.part, its.role == .fills,
          its.whole == part.whole
        else { continue }
        try require(
          isApart(buffer, at: part.start, other, at: its.start),
          "\(buffer.name) and \(other.name) share a place")
      }
      for kernel in kernels where kernel.touches(BufferID(index: index)) {
        try require(
          others(of: BufferID(index: index)) == nil
            || kernel.accepts(part: BufferID(index: index)),
          "\(kernel.name) takes \(buffer.name), a part, for a whole")
        try require(
          part.role == .fills || !kernel.writes.contains(BufferID(index: index)),
          "\(kernel.name) writes \(buffer.name), which is only a view")
      }
    }
  }

  /// Numbers from the first of a buffer to the last, of one block where it has blocks.
  private func reach(of buffer: Buffer) -> Int {
    switch buffer.layout {
    case .lanes(let shape): shape.elementCount * lanes
    case .channels(let layout): layout.reach
    case .numbers: elementCount(of: buffer)
    }
  }

  /// Whether two parts of one buffer have no number in common: they lie one behind the other, or, with
  /// channels in the lanes, have other channels of each position.
  private func isApart(_ one: Buffer, at start: Int, _ other: Buffer, at second: Int) -> Bool {
    if start + reach(of: one) <= second || second + reach(of: other) <= start { return true }
    guard case .channels(let first) = one.layout, case .channels(let last) = other.layout,
      first.stride == last.stride
    else { return false }
    let (a, b) = (start % first.stride, second % first.stride)
    return a + first.numbers <= b || b + last.numbers <= a
  }

  /// A kernel touches each thing once, and writes no buffer that it reads, but in its place.
  private func verifyAccess(of kernel: Kernel) throws(Failure) {
    let reads = kernel.effects.filter { $0.access == .read }.map(\.resource)
    for effect in kernel.effects where effect.writes {
      if case .buffer(let id) = effect.resource {
        try require(
          !reads.contains(effect.resource), "\(kernel.name) writes \(self[id].name), which it reads"
        )
      }
    }
    if let old = kernel.replaces {
      try require(
        kernel.reads.contains(old), "\(kernel.name) replaces what it does not read")
    }
  }

  private func verifyNames() throws(Failure) {
    var names: Set<String> = []
    for name in buffers.map(\.name) + kernels.map(\.name) {
      try require(names.insert(name).inserted, "the name \(name) occurs twice")
    }
  }

  /// A step changes every parameter that learns with what the optimizer keeps for it, makes every
  /// gradient that a caller asks for, and moves every statistic, exactly as the graph says.
  private func verifyStep(_ changed: Set<Resource>) throws(Failure) {
    for node in graph.nodes {
      for case .parameter(let tensor, version: 1) in node.results {
        try require(
          changed.contains(.parameter(tensor)), "no kernel updates \(text(tensor))")
        try require(
          changed.contains(.slots(tensor)), "no kernel updates the slots of \(text(tensor))")
      }
      for case .parameterGradient(let tensor) in node.results where keepsGradientsInRegion {
        try require(
          changed.contains(.gradient(tensor)), "no kernel makes the gradient of \(text(tensor))")
      }
      for case .running(let layer, version: 1) in node.results {
        for declaration in model.state(of: layer) {
          let tensor = TensorID(layer: layer, role: declaration.role)
          try require(changed.contains(.state(tensor)), "no kernel moves \(text(tensor))")
        }
      }
    }
    for losses in blockLosses {
      try require(changed.contains(.buffer(losses)), "no kernel computes \(self[losses].name)")
    }
  }

  /// What a kernel takes a value to be is what its buffer is; tiles cover their outputs and fit
  /// into the registers.
  private func verifyLayouts() throws(Failure) {
    for kernel in kernels {
      let taken = Set(kernel.spec.values.map(\.buffer))
      for id in kernel.reads + kernel.writes {
        guard case .channels = self[id].layout else { continue }
        try require(
          taken.contains(id), "\(kernel.name) has no code for the channels of \(self[id].name)")
      }
      for (id, layout) in kernel.spec.values {
        guard case .channels(let own) = self[id].layout else {
          throw Failure("\(kernel.name) takes the lanes of \(self[id].name) for channels")
        }
        try require(
          own.isSame(as: layout) && layout.channels <= layout.numbers,
          "\(kernel.name) takes \(self[id].name) for something else")
      }
      for cover in kernel.spec.covers(lanes: lanes, registers: options.target.registers) {
        try require(cover.holds, "\(kernel.name): \(cover.what)")
      }
    }
  }

  private func text(_ tensor: TensorID) -> String {
    "\(model.layers[tensor.layer].name).\(tensor.role.rawValue)"
  }
}
