import IR
import Operators

/// Makes a model that fails smaller for as long as it fails.
struct RandomModelShrinker {
  var shapes = RandomShapes()
  /// How often a model is tried.
  var patience = 60
  /// Whether a model fails, in whatever way.
  let fails: (RandomModel) -> Bool

  /// The smallest model that was found: no single step makes it smaller and still fail.
  func smallest(_ model: RandomModel) -> RandomModel {
    var (best, tries) = (model, 0)
    var seen: Set<RandomModel> = [model]
    var isSmaller = true
    while isSmaller {
      isSmaller = false
      let candidates = best.smaller + ((try? best.later(shapes)) ?? [])
      for candidate in candidates where seen.insert(candidate).inserted {
        // Without clang it is soon told whether the parts fit.
        guard (try? RandomModelText.text(of: candidate, shapes)) != nil else { continue }
        guard tries < patience else { return best }
        tries += 1
        if fails(candidate) {
          best = candidate
          isSmaller = true
          break
        }
      }
    }
    return best
  }
}
