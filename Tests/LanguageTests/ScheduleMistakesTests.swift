import Diagnostics
import Testing

/// What is said about schedules: their numbers, and what of a model they do not fit.
@Suite struct ScheduleMistakesTests {
  /// Protects trainings from schedules that mean nothing: each number that is out of range is told
  /// with its range.
  @Test(arguments: [
    ("multi_step([7, 3])", "'milestones' must ascend, and 3 comes after 7"),
    ("multi_step([3, 3])", "'milestones' must ascend, and 3 comes after 3"),
    (
      "multi_step([0])",
      "'milestones' takes a list of 1 to 100, each a whole number from 1 to 1000000000, and this is "
        + "[0]"
    ),
    ("step(every: 0)", "'every' takes a whole number from 1 to 1000000000, and this is 0"),
    ("exponential(factor: -1, every: 1)", "'factor' takes a number of at least 0, and this is -1"),
    ("polynomial(power: -1)", "'power' takes a number from 0 to 100, and this is -1"),
    ("cosine(end: -0.5)", "'end' takes a number of at least 0, and this is -0.5"),
    ("cosine(warmup: -1)", "'warmup' takes a whole number from 0 to 1000000000, and this is -1"),
    ("one_cycle(pct_start: 2)", "'pct_start' takes a number from 0 to 1, and this is 2"),
    ("one_cycle(div_factor: 0)", "'div_factor' takes a number of at least 1, and this is 0"),
    (
      "one_cycle(base_momentum: -0.1)",
      "'base_momentum' takes a number from 0 to 1, and this is -0.1"
    ),
    (
      "one_cycle(three_phase: true, pct_start: 0.51)",
      "'pct_start' must be 0.5 at most with 'three_phase: true', as the fall takes as many steps"
    ),
    ("one_cycle(max_momentum: 1.5)", "'max_momentum' takes a number from 0 to 1, and this is 1.5"),
    (
      "one_cycle(max_momentum: 1)",
      "'max_momentum' must be smaller than 1, or gradients are never forgotten"
    ),
    (
      "one_cycle(base_momentum: 0.96)",
      "'base_momentum' must be max_momentum at most, and 0.96 is more than 0.95"
    ),
    (
      "multi_step([3], factor: 1.5)", "'factor' takes a number from 0 to 1, and this is 1.5"
    ),
    ("plateau(end: 2)", "'end' takes a number from 0 to 1, and this is 2"),
    ("plateau(threshold: -1)", "'threshold' takes a number of at least 0, and this is -1"),
    ("triangular(peak: 1.5)", "'peak' takes a number from 0 to 1, and this is 1.5"),
    ("plateau(factor: 2)", "'factor' takes a number from 0 to 1, and this is 2"),
    ("plateau(patience: -1)", "'patience' takes a whole number from 0 to 1000000, and this is -1"),
  ])
  func schedules(_ call: String, _ message: String) {
    let (model, diagnostics) = check(
      """
      model m {
        input x: [4]
        target label: class(3)
        y = x | dense(3)
        loss softmax_cross_entropy(y, label)
      }
      training { schedule \(call) }
      """)
    #expect(model == nil)
    #expect(diagnostics.codes == [.outOfRange])
    #expect(diagnostics.map(\.message) == [message])
  }

  /// Protects trainings from schedules that the rest of the model does not fit: a momentum that there
  /// is not, a metric that no target has. What is not known is silent.
  @Test(arguments: [
    ("schedule one_cycle", ["'one_cycle' changes the momentum, and 'sgd' has none"]),
    (
      "optimizer rmsprop schedule one_cycle",
      ["'one_cycle' changes the momentum, and 'rmsprop' has none"]
    ),
    ("optimizer rmsprop(momentum: 0.5) schedule one_cycle", []),
    ("optimizer sgd(momentum: 0.5) schedule one_cycle(warmup: 3, per: epoch)", []),
    ("optimizer adagrad schedule one_cycle(cycle_momentum: false)", []),
    ("schedule one_cycle optimizer lion", []),
    ("optimizer sdg schedule one_cycle", ["no optimizer is called 'sdg'"]),
    ("schedule plateau(metric: r2)", ["'plateau' goes by 'r2', which no target of this model has"]),
    (
      "schedule plateau(metric: top5)",
      ["'plateau' goes by 'top5', which no target of this model has"]
    ),
    ("schedule plateau(metric: auc)", []), ("schedule plateau", []),
  ])
  func schedulesThatDoNotFit(_ training: String, _ messages: [String]) {
    let (_, diagnostics) = check(
      """
      model m {
        input x: [4]
        target label: class(3)
        y = x | dense(3)
        loss softmax_cross_entropy(y, label)
      }
      training { \(training) }
      """)
    #expect(diagnostics.map(\.message) == messages)
  }

  /// Protects words that begin statements where they are values: `metric: loss`. Where one is no
  /// value of the key, it is told as any other word.
  @Test func keywordsAsValues() {
    func codes(_ schedule: String) -> [String] {
      check(
        """
        model m {
          input x: [4]
          target label: class(3)
          y = x | dense(3)
          loss softmax_cross_entropy(y, label)
        }
        training { schedule \(schedule) }
        """
      ).1.codes.map(\.rawValue)
    }
    #expect(codes("plateau(metric: loss)") == [])
    #expect(codes("plateau(metric: loss, patience: 2)") == [])
    #expect(codes("plateau(metric: target)") == ["unknown-choice"])
    #expect(codes("plateau(metric: loss x)").first == "unexpected-token")
  }
}
