import Diagnostics
import IR
import Lowering

extension Compiler {
  /// All stages of an evaluation but the last, for batches of a size that suits it.
  ///
  /// An evaluation's batches know nothing of each other, and what calls it has several threads run one
  /// each. Where a batch is one block, what a layer leaves is in the cache for the next layer; where
  /// two blocks fit there, a dense layer's weight is read once for both.
  static func planEvaluation(
    _ source: SourceFile, _ options: CompileOptions, library: Library
  ) throws -> Planned {
    let model = try model(source, options, library: library)
    // What parameters add to a sum, they add once a batch.
    if !model.penalties.isEmpty && model.reduction == .sum {
      return try planWhole(source, options, library: library)
    }
    var options = options
    let target = options.plan.target
    let lanes = target.vectorBytes / options.plan.precision.bytes
    options.batch = lanes
    let planned = try planWhole(source, options, library: library)
    // With more, the usual batches would be fewer calls than there are threads.
    guard 4 * planned.placed.memory.size <= target.cacheBytes else { return planned }
    options.batch = 2 * lanes
    return try planWhole(source, options, library: library)
  }
}
