/// Which buffers each kernel of a plan touches, in the order in which they run: all that the
/// buffers' lives follow from. Of a buffer that is a part of another it is the whole that counts.
struct BufferTouches {
  /// The run of a kernel.
  struct Run {
    /// The kernel's place in the plan.
    let kernel: Int
    let reads, writes: [Int]
    /// The buffer that its result may take the place of, and its result.
    let replacement: Replacement?
    /// Whether it makes once more what it has made before.
    var isAgain: Bool
    /// Whether an evaluation runs as far as this.
    var isLoss: Bool
  }

  struct Replacement: Hashable {
    let old, new: Int
  }

  var runs: [Run]
  /// Bytes of each buffer, as far as the next cache line; 0 of a part.
  let sizes: [Int]
  /// What is read after an evaluation.
  let evaluated: [Int]
  private let keepsAll: Bool

  init(_ plan: KernelPlan) {
    let hasLoss = plan.kernels.contains { $0.phase.isLoss }
    keepsAll = plan.options.purpose == .inspection
    evaluated = (plan.outputs + (hasLoss ? plan.blockLosses : plan.lossOperands)).map {
      plan.whole(of: $0).buffer.index
    }
    sizes = plan.buffers.map { $0.part == nil ? MemoryPlan.aligned(plan.bytes(of: $0)) : 0 }
    runs = plan.kernels.enumerated().map { index, kernel in
      Run(
        kernel: index, reads: kernel.reads.map { plan.whole(of: $0).buffer.index },
        writes: kernel.writes.map { plan.whole(of: $0).buffer.index },
        replacement: plan.replacement(by: kernel), isAgain: kernel.original != nil,
        isLoss: kernel.phase.isLoss)
    }
  }

  /// Each buffer's life. An evaluation ends with the losses, and reads them and the outputs
  /// afterwards; where no kernel computes the losses, it reads what they need too. An inspection keeps
  /// every buffer to the end.
  func lives() -> [BufferLife] {
    if keepsAll { return sizes.map { _ in BufferLife([0...(runs.count - 1)]) } }
    var lives = [BufferLife](repeating: BufferLife(), count: sizes.count)
    for (index, run) in runs.enumerated() {
      for buffer in run.reads { lives[buffer].touch(index) }
      for buffer in run.writes { lives[buffer].touch(index, beginsAnew: run.isAgain) }
    }
    let end = runs.lastIndex(where: \.isLoss) ?? runs.count - 1
    for buffer in evaluated { lives[buffer].last(until: end) }
    return lives
  }

  /// For each buffer the one whose place it takes: its own index, or, where a kernel reads and
  /// writes number by number and nothing reads the old values afterwards, the buffer it replaces.
  func replacements(_ lives: [BufferLife]) -> [Int] {
    var roots = Array(sizes.indices)
    var members = sizes.indices.map { [$0] }
    for case let replacement? in runs.map(\.replacement) {
      let (old, new) = (replacement.old, replacement.new)
      guard roots[new] == new, roots[old] != new, members[new].count == 1,
        handsOver(replacement, lives),
        members[roots[old]].allSatisfy({ $0 == old || !lives[$0].overlaps(lives[new]) })
      else { continue }
      roots[new] = roots[old]
      members[roots[old]].append(new)
    }
    return roots
  }

  /// Whether the old buffer's numbers are needed no longer than to the run that makes the new one,
  /// each time.
  private func handsOver(_ replacement: Replacement, _ lives: [BufferLife]) -> Bool {
    var meets = false
    for old in lives[replacement.old].stretches {
      for new in lives[replacement.new].stretches where old.overlaps(new) {
        guard old.upperBound == new.lowerBound,
          runs[new.lowerBound].replacement == replacement
        else { return false }
        meets = true
      }
    }
    return meets
  }

  /// The bytes that are in use while each kernel runs.
  func bytesInUse() -> [Int] {
    let lives = lives()
    let roots = replacements(lives)
    var whole = lives
    for (index, root) in roots.enumerated() where root != index {
      whole[root] = whole[root].union(lives[index])
    }
    var changes = [Int](repeating: 0, count: runs.count + 1)
    for index in roots.indices where roots[index] == index {
      for stretch in whole[index].stretches {
        changes[stretch.lowerBound] += sizes[index]
        changes[stretch.upperBound + 1] -= sizes[index]
      }
    }
    var bytes = 0
    return changes.dropLast().map {
      bytes += $0
      return bytes
    }
  }
}

extension KernelPlan {
  /// What a kernel may write in the place of what it reads: buffers of one size, both whole.
  fileprivate func replacement(by kernel: Kernel) -> BufferTouches.Replacement? {
    guard options.purpose.reusesMemory, let old = kernel.replaces, let new = kernel.writes.first,
      elementCount(of: self[old]) == elementCount(of: self[new]),
      self[old].part == nil, self[new].part == nil,
      !kernel.reads.contains(where: { $0 != old && whole(of: $0).buffer == old })
    else { return nil }
    return .init(old: old.index, new: new.index)
  }
}
