extension MemoryPlan {
  /// The plan as text, one buffer a line: what `bnc compile --emit memory` prints.
  package func text(of plan: KernelPlan) -> String {
    var lines = ["scratch of \(plan.model.name): \(size) bytes"]
    for (buffer, place) in zip(plan.buffers, places) {
      let lives = place.life.stretches.map {
        "from \(plan.kernels[$0.lowerBound].name) to \(plan.kernels[$0.upperBound].name)"
      }.joined(separator: ", again ")
      let whereItLies =
        buffer.part.map { "in \(plan[$0.whole].name):" }
        ?? "\(place.offset)..<\(place.offset + place.size)"
      lines.append("  \(whereItLies) \(buffer.name), \(lives)")
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
