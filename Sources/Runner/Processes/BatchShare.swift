import Diagnostics
import PluginABI

/// The share of a batch that one of several processes has.
///
/// The shares lie one after the other, and differ by one example at most. Where examples are mixed with
/// those that are as far from the end of the batch as they are from its start, a share is as many from
/// the one as from the other, so that both of a pair are in one process; shares then differ
/// by two, or by three with the example in the middle.
struct BatchShare: Hashable {
  /// Places in the batch, in order.
  let places: [Range<Int>]
  /// How many examples come before it.
  var first: Int { places[0].lowerBound }
  /// How many examples it has; some have none where the batch has fewer than there are processes.
  var count: Int { places.reduce(0) { $0 + $1.count } }

  /// - Parameters:
  ///   - rank: Which process it is.
  ///   - processes: How many there are.
  ///   - examples: Those of the batch.
  ///   - mirrors: Whether it has to be symmetric.
  init(of rank: Int, among processes: Int, examples: Int, mirrors: Bool) {
    guard mirrors else {
      places = [Self.range(of: rank, among: processes, of: examples)]
      return
    }
    let pairs = Self.range(of: rank, among: processes, of: examples / 2)
    // The one in the middle is its own other one.
    let end = rank == processes - 1 ? examples - pairs.upperBound : pairs.upperBound
    places = [
      pairs.lowerBound..<end, max(end, examples - pairs.upperBound)..<examples - pairs.lowerBound,
    ]
  }

  private static func range(of rank: Int, among processes: Int, of count: Int) -> Range<Int> {
    let (least, extra) = count.quotientAndRemainder(dividingBy: processes)
    let start = rank * least + min(rank, extra)
    return start..<start + least + (rank < extra ? 1 : 0)
  }

  /// Those of `all`, the batch, that are its.
  func chosen(of all: ArraySlice<UInt32>) -> [UInt32] {
    places.flatMap { all[all.startIndex + $0.lowerBound..<all.startIndex + $0.upperBound] }
  }
}

extension BatchShare {
  /// How many processes a plugin's batch lies across, how many examples they have together, and whether
  /// shares have to be symmetric.
  ///
  /// - Throws: a failure without a path where a share would be larger than the plugin's batch.
  static func all(of table: bnc_plugin) throws -> (processes: Int, examples: Int, mirrors: Bool) {
    let (processes, batch) = (max(1, Int(table.processes)), Int(table.batch))
    let (examples, mirrors) = (
      processes > 1 ? Int(table.whole_batch) : batch, table.shares_mirror != 0
    )
    // The first share is the largest, or the last one, which has the example in the middle.
    let largest = [0, processes - 1].map {
      BatchShare(of: $0, among: processes, examples: examples, mirrors: mirrors).count
    }.max()
    guard processes <= 1 << 20, (1...1 << 20).contains(examples), largest ?? 0 <= batch else {
      throw Failure(
        "has a batch of \(examples) across \(processes) processes, and room for \(batch) of each, "
          + "which cannot be")
    }
    return (processes, examples, mirrors)
  }
}
