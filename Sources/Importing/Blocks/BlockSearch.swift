import Diagnostics
import IR

/// Finds what repeats in a network. What branches and comes together again is looked at first, with what
/// follows it each time: residual units. Then chains of layers, between those and within what branches.
///
/// Of all that repeats, what makes the text shortest is taken first, and the rest looked at again.
struct BlockSearch {
  private let network: NetworkImport
  private let library: Library
  private let outputs: Set<Int>
  private(set) var blocks: [RepeatedBlock] = []
  private var taken: Set<String>
  /// Layers that are in a block.
  private var covered: Set<Int> = []
  /// What is no block, for its names or sizes.
  private var refused: Set<[Int]> = []
  /// Numbers for the forms of regions.
  private var forms: [String: Int] = [:]

  private static let mostBlocks = 16
  private static let longest = 12

  /// A region, and the number of its form.
  private struct Piece {
    var region: Region
    var form: Int
  }

  /// - Parameter taken: What is no name for a block or a use of it.
  init(_ network: NetworkImport, taken: Set<String>, _ library: Library) {
    (self.network, self.library, self.taken) = (network, library, taken)
    outputs = network.outputLayers
    let outer = pieces(network.regions)
    while blocks.count < Self.mostBlocks, take(from: [outer], branching: true) {}
    let branches = outer.filter { $0.region.layers.count > 1 && isFree($0) }
    let chains = branches.flatMap { network.chains(in: $0.region) }.map { pieces($0) }
    while blocks.count < Self.mostBlocks, take(from: [outer] + chains, branching: false) {}
  }

  private mutating func pieces(_ regions: [Region]) -> [Piece] {
    regions.map { region in
      let form = network.form(of: region)
      let number = forms[form] ?? forms.count
      forms[form] = number
      return Piece(region: region, form: number)
    }
  }

  private func isFree(_ piece: Piece) -> Bool {
    piece.region.layers.allSatisfy { !covered.contains($0) }
  }

  /// Makes a block of what is worth most; false where there is nothing.
  private mutating func take(from sequences: [[Piece]], branching: Bool) -> Bool {
    while let (form, uses) = best(of: sequences, branching) {
      let steps = network.layers.count + blocks.reduce(uses.count) { $0 + $1.uses.count }
      guard steps <= Limits.layers,
        let block = RepeatedBlock(network, uses, taken: taken, library)
      else {
        refused.insert(form)
        continue
      }
      blocks.append(block)
      covered.formUnion(uses.flatMap(\.layers))
      taken.formUnion([block.name] + block.useNames.compactMap { $0 })
      return true
    }
    return false
  }

  /// What leaves out the most layers of the text.
  private func best(
    of sequences: [[Piece]], _ branching: Bool
  ) -> (form: [Int], uses: [Region])? {
    var found: [[Int]: [Region]] = [:]
    var order: [[Int]] = []
    for sequence in sequences {
      for start in sequence.indices where begins(sequence[start].region, branching) {
        for pieces in runs(of: sequence, from: start, branching) {
          let form = pieces.map(\.form)
          guard !refused.contains(form) else { continue }
          let region = Region(pieces.map(\.region))
          if found[form] == nil { order.append(form) }
          if let last = found[form]?.last, !Set(last.layers).isDisjoint(with: region.layers) {
            continue
          }
          found[form, default: []].append(region)
        }
      }
    }
    var best: (form: [Int], uses: [Region], saved: Int)?
    for form in order {
      let uses = (found[form] ?? []).sorted { $0.exit < $1.exit }
      let saved = (uses.count - 1) * (uses.first?.layers.count ?? 0)
      guard isWorth(uses, saved) else { continue }
      let isShorter = saved == best?.saved && form.count < (best?.form.count ?? 0)
      if saved > best?.saved ?? 0 || isShorter { best = (form, uses, saved) }
    }
    return best.map { ($0.form, $0.uses) }
  }

  /// The pieces from `start` on that could be a block, for each of their lengths.
  private func runs(
    of sequence: [Piece], from start: Int, _ branching: Bool
  ) -> [ArraySlice<Piece>] {
    var runs: [ArraySlice<Piece>] = []
    for end in start..<min(sequence.count, start + Self.longest) {
      let region = sequence[end].region
      if end > start {
        let before = sequence[end - 1].region.exit
        guard region.entry == .result(of: before), !outputs.contains(before) else { break }
        if branching && (region.layers.count > 1 || isProduct(region)) { break }
      }
      guard isFree(sequence[end]), outputs.isDisjoint(with: region.layers.dropLast()) else { break }
      runs.append(sequence[start...end])
    }
    return runs
  }

  private func begins(_ region: Region, _ branching: Bool) -> Bool {
    branching ? region.layers.count > 1 : isProduct(region)
  }

  private func isProduct(_ region: Region) -> Bool {
    region.layers.count == 1 && network.layers[region.exit].operation is any ProductOperation
  }

  /// Whether a block is easier to read than what it stands for.
  private func isWorth(_ uses: [Region], _ saved: Int) -> Bool {
    guard uses.count > 1, uses[0].layers.count > 2 else { return false }
    let products = uses[0].layers.count {
      network.layers[$0].operation is any ProductOperation
    }
    return products > 1 || products == 1 && uses.count > 2 && saved > 5
  }
}
