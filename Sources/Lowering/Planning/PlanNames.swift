/// The names of a plan's buffers and kernels: made of the user's names, so that two may come out
/// alike: those of a layer `a_b` in one block and `b` in another. The later one then gets a number.
struct PlanNames {
  private var taken: Set<String> = []

  /// The ends of the names of a kernel's parts.
  private static let parts = [
    "_tile", "_rows", "_blocks", "_inputs", "_piece", "_block", "_once", "_loading",
  ]

  /// A name for a buffer: `wish`, or `wish` with the first number that makes it new.
  mutating func claimBuffer(_ wish: String) -> String { claim(wish, ends: [""]) }

  /// A name for a kernel, new also with the ends that its parts add to it.
  mutating func claimKernel(_ wish: String) -> String { claim(wish, ends: [""] + Self.parts) }

  private mutating func claim(_ wish: String, ends: [String]) -> String {
    var name = wish
    var number = 2
    while ends.contains(where: { taken.contains(name + $0) }) {
      name = "\(wish)_\(number)"
      number += 1
    }
    taken.formUnion(ends.map { name + $0 })
    return name
  }
}
