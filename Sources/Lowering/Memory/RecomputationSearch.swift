/// Which kernels of the forward pass run once more, and when: the search behind
/// `KernelPlan.recompute`.
struct RecomputationSearch {
  /// The runs so far.
  private(set) var touches: BufferTouches
  private let costs: [Double]
  /// For each buffer the kernel that makes it, where that can run once more.
  private let makers: [Int?]
  /// For each kernel those that change a parameter or a statistic which it reads.
  private let changers: [[Int]]

  init(_ plan: KernelPlan) {
    touches = BufferTouches(plan)
    // A number that is read or written takes as long as some operations on it.
    costs = plan.kernels.map { $0.operations + Double(plan.bytes(of: $0)) }
    makers = plan.makers()
    changers = plan.kernels.map { kernel in
      let read = kernel.effects.filter(\.reads).map(\.resource).filter { $0.buffer == nil }
      return plan.kernels.indices.filter { index in
        plan.kernels[index].effects.contains { $0.writes && read.contains($0.resource) }
      }
    }
  }

  /// Adds the runs that take most from what is more than 31/32 of the peak, for what they cost; false
  /// where none takes anything.
  mutating func improve() -> Bool {
    let inUse = touches.bytesInUse()
    guard let peak = inUse.max(), touches.runs.count < 8 * costs.count else { return false }
    let aim = peak - peak / 32
    let over = Self.excess(inUse, aim)
    var best: (touches: BufferTouches, value: Double)?
    for gap in gaps(inUse, aim) {
      var previous: [Int] = []
      for depth in 0...costs.count {
        var runs: [Int] = []
        guard collect(gap.buffer, at: gap.end, depth: depth, into: &runs), runs != previous
        else { break }
        previous = runs
        let changed = inserting(runs, at: gap.end)
        let taken = over - Self.excess(changed.bytesInUse(), aim)
        let value = taken / runs.reduce(1) { $0 + costs[$1] }
        if taken > 0, value > best?.value ?? 0 { best = (changed, value) }
      }
    }
    guard let best else { return false }
    touches = best.touches
    return true
  }

  /// How much more than `aim` there is, over all runs.
  private static func excess(_ inUse: [Int], _ aim: Int) -> Double {
    inUse.reduce(0) { $0 + Double(max(0, $1 - aim)) }
  }

  /// A time in which a buffer is only kept, and the run that needs it afterwards.
  private struct Gap {
    let buffer, end: Int
  }

  /// The gaps across the peak that end in the backward pass, of buffers that can be made again.
  private func gaps(_ inUse: [Int], _ aim: Int) -> [Gap] {
    guard let loss = touches.runs.lastIndex(where: \.isLoss) else { return [] }
    let lives = touches.lives()
    var last = [Int](repeating: -1, count: makers.count)
    var gaps: [Gap] = []
    for (index, run) in touches.runs.enumerated() {
      for buffer in Set(run.reads + run.writes).sorted() {
        defer { last[buffer] = index }
        guard index > loss, makers[buffer] != nil, last[buffer] >= 0, lives[buffer].holds(at: index)
        else { continue }
        // Where an evaluation reads it, it stays until then.
        let start = touches.evaluated.contains(buffer) ? max(last[buffer], loss) : last[buffer]
        if start + 1 < index, inUse[(start + 1)..<index].contains(where: { $0 > aim }) {
          gaps.append(Gap(buffer: buffer, end: index))
        }
      }
    }
    return gaps
  }

  /// The kernels that make `buffer` anew before run `index`, in order, and before them, `depth` levels
  /// down, what they read and is not there by then. False where one may not run so late.
  private func collect(_ buffer: Int, at index: Int, depth: Int, into runs: inout [Int]) -> Bool {
    guard let maker = makers[buffer],
      let own = touches.runs.first(where: { $0.kernel == maker }),
      !touches.runs[..<index].contains(where: { changers[maker].contains($0.kernel) })
    else { return false }
    if runs.contains(maker) { return true }
    if depth > 0 {
      let lives = touches.lives()
      for operand in own.reads where makers[operand] != nil && !lives[operand].holds(at: index) {
        guard collect(operand, at: index, depth: depth - 1, into: &runs) else { return false }
      }
    }
    runs.append(maker)
    return true
  }

  private func inserting(_ kernels: [Int], at index: Int) -> BufferTouches {
    var changed = touches
    let again = kernels.compactMap { kernel in
      touches.runs.first { $0.kernel == kernel }.map {
        var run = $0
        run.isAgain = true
        run.isLoss = false
        return run
      }
    }
    changed.runs.insert(contentsOf: again, at: index)
    return changed
  }
}

extension KernelPlan {
  /// For each buffer the one kernel that writes it, where that is one of the forward pass and changes
  /// nothing but whole buffers.
  fileprivate func makers() -> [Int?] {
    var makers = [Int?](repeating: nil, count: buffers.count)
    let isShared = buffers.indices.map { index in
      buffers[index].part != nil || buffers.contains { $0.part?.whole.index == index }
    }
    // An input is loaded once a step, by whichever kernel needs it first.
    for (index, kernel) in kernels.enumerated()
    where kernel.phase.isForward && !(kernel.spec is InputLoad) {
      let changes = kernel.effects.filter(\.writes)
      let isPure = changes.allSatisfy { effect in
        guard let buffer = effect.resource.buffer, effect.access == .write else { return false }
        return !isShared[buffer.index]
          && kernels.filter { $0.writes.contains(buffer) }.count == 1
      }
      guard isPure else { continue }
      for buffer in kernel.writes { makers[buffer.index] = index }
    }
    return makers
  }
}
