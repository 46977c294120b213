extension MemoryPlan {
  /// The plan as text, one buffer a line: what `bnc compile --emit memory` prints.
  package func text(of plan: KernelPlan) -> String {
    var lines = ["scratch of \(plan.model.name): \(size) bytes"]
    for (buffer, place) in zip(plan.buffers, places) {
      let first = plan.kernels[place.life.lowerBound].name
      let last = plan.kernels[place.life.upperBound].name
      let whereItLies =
        buffer.part.map { "in \(plan[$0.whole].name):" }
        ?? "\(place.offset)..<\(place.offset + place.size)"
      lines.append("  \(whereItLies) \(buffer.name), from \(first) to \(last)")
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
