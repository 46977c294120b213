import IR
import Lowering

// The C that batch norms share. Names that are empty here, `SharedFunctions` gives.

extension SharedText {
  /// `struct normalization`.
  static let normalization = SharedText(
    "normalization", template: "Normalization/normalization.c.mustache")

  /// Each block's mean and squares.
  static let statistics = SharedText(
    "batchnorm_statistics", template: "Normalization/statistics_task.c.mustache")
}

struct NormalizationMomentsTask: SharedFunction {
  var template: String { "Normalization/moments_task.c.mustache" }
  var stem: String { banded ? "batchnorm_moments_of_bands" : "batchnorm_moments" }
  var name = ""
  /// Whether the blocks' bands are merged, and whether the moments go to other processes too.
  let banded, joins: Bool
  let inverse, inverseFormula: String
}

/// The function that makes the moments of processes' shares those of the whole batch.
struct JoinMomentsTask: SharedFunction {
  var template: String { "Normalization/join_moments_task.c.mustache" }
  var stem: String { "batchnorm_join_moments" }
  var name = ""
  let inverse: String
}

/// The function where training has the running statistics too.
struct RunningMomentsTask: SharedFunction {
  var template: String { "Normalization/running_moments_task.c.mustache" }
  var stem: String { "batchnorm_running_moments" }
  var name = ""
  let inverse, inverseFormula: String
}

struct NormalizationForwardTask: SharedFunction {
  var template: String { "Normalization/forward_task.c.mustache" }
  let stem: String
  var name = ""
  let slope, pool, average, sums: Bool
  /// What becomes of a number, of the first of a window, and of number `[ky, kx]` of it.
  let value, firstValue, windowValue: String
  /// Each number's share of a window's mean.
  let share: String
}

struct NormalizationWindow: SharedFunction {
  var template: String { "Normalization/window.c.mustache" }
  let stem: String
  var name = ""
  let before: String
  let max, uses: Bool
  /// What the forward pass made of the first number of a window, of number k, and of v; and what is
  /// left of dy before the activation.
  let firstValue, windowValue, value, left: String
}

struct NormalizationSumsTask: SharedFunction {
  var template: String { "Normalization/sums_task.c.mustache" }
  let stem: String
  var name = ""
  /// Numbers a window.
  let cells: Int
  let window: String
}

struct NormalizationGradientTask: SharedFunction {
  var template: String { "Normalization/gradient_task.c.mustache" }
  var stem: String { "batchnorm_parameter_gradient" }
  var name = ""
  /// Whether the statistics are the batch's in training.
  let usesBatch: Bool
  /// Whether gamma or beta moves here, and whether they have gradients.
  let update, learns: Bool
  /// What gamma and beta point to: they move, or are only read.
  let type: String
  /// Which of them are passed, whether gamma is a factor, and which gradients are passed.
  let gamma, beta, readsGamma, dgamma, dbeta: Bool
  /// What the mean of g * xhat is multiplied by, where the convention is not sqrt(variance + eps).
  let factor: String?
  let gammaStore, betaStore: String?
}

struct NormalizationBackwardTask: SharedFunction {
  var template: String { "Normalization/backward_task.c.mustache" }
  let stem: String
  var name = ""
  /// Whether there are numbers that no window covers.
  let rest: Bool
  let saved: [String]
  let cells: Int
  /// dx of a number that a window covers, and of another.
  let value, restValue: String
  let window: String
}

struct MoveStatistics: SharedFunction {
  var template: String { "Normalization/move_statistics.c.mustache" }
  var stem: String { "move_statistics" }
  var name = ""
  let firstBatch, unbiased: Bool
  /// C for how many examples the batch has.
  let examples: String
}
