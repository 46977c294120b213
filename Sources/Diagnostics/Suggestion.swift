/// "Did you mean": the known word nearest to a misspelt one.
package enum Suggestion {
  /// Among more names than these none is looked for: to hold thousands of mistakes against thousands
  /// of names would take minutes.
  package static let mostCandidates = 500

  /// The candidate that `word` was most likely meant to be, or nil where none is near: one that is
  /// one letter off, one that it begins with or that begins with it, or else the nearest. Of two
  /// that are equally near, the first.
  package static func closest(to word: String, in candidates: [String]) -> String? {
    guard candidates.count <= mostCandidates else { return nil }
    // A third of the letters may be wrong: more, and the guess is a nuisance.
    let limit = max(1, min(word.utf8.count, 64) / 3)
    var best: (distance: Int, candidate: String)?
    for candidate in candidates where candidate != word {
      let distance = distance(Array(word.lowercased().utf8), Array(candidate.lowercased().utf8))
      if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    if let best, best.distance <= 1 { return best.candidate }
    return prefix(of: word, in: candidates) ?? best?.candidate
  }

  /// The shortest candidate that begins with `word`, or else the longest one that `word` begins with.
  private static func prefix(of word: String, in candidates: [String]) -> String? {
    let word = word.lowercased()
    // Two letters begin too many words.
    let long = candidates.filter { $0.utf8.count >= 3 && $0.lowercased() != word }
    if word.utf8.count >= 3,
      let longer = long.filter({ $0.lowercased().hasPrefix(word) }).min(by: {
        $0.utf8.count < $1.utf8.count
      })
    {
      return longer
    }
    return long.filter { word.hasPrefix($0.lowercased()) }.max { $0.utf8.count < $1.utf8.count }
  }

  /// How many letters must be changed, added, left out or swapped with their neighbour to make one
  /// word of the other (Damerau and Levenshtein, restricted).
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    // Words that differ this much in length are far apart; this also bounds the work.
    guard abs(left.count - right.count) <= 32, left.count <= 128 else { return .max }
    var before: [Int] = []
    var previous = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var row = [i + 1]
      for (j, b) in right.enumerated() {
        var cost = min(previous[j] + (a == b ? 0 : 1), previous[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      (before, previous) = (previous, row)
    }
    return previous[right.count]
  }
}
