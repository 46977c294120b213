import Diagnostics
import Foundation
import Lowering
import Testing
import Verification

@testable import Driver
@testable import Runner

/// Trainings that have gone on for so long that a step's number needs more than 31 bits, more than 32,
/// or more than a double has for whole numbers.
@Suite struct LongRunTests {
  /// Steps that are done; those that follow pass a limit.
  static let starts: [UInt64] = [1 << 31 - 2, 1 << 32 - 2, 1 << 53 - 1]

  /// What depends on the step's number: draws, an optimizer, averages, the passes of a step, a schedule.
  static let trainings = [
    "optimizer adam(lr: 0.01) schedule one_cycle average lookahead(k: 3)",
    "optimizer nadam(lr: 0.01) accumulate 2 schedule cosine(per: epoch, warmup: 2)",
    "optimizer lion(lr: 0.001) schedule exponential(every: 2) average ema(0.5)",
    "optimizer rmsprop(lr: 0.01) schedule plateau(patience: 0, factor: 0.5)",
  ]

  private static func text(_ training: String) -> String {
    """
    model small {
      input x: [1, 4, 4]
      target label: class(3)
      y = x | flatten | dense(5) | batchnorm | relu | dropout(0.2) | dense(3)
      loss softmax_cross_entropy(y, label)
    }
    training {
      batch 4 epochs 3 augment shift(rows: 1, columns: 1) augment noise(0.1) initialize he on *.weight \(training)
    }
    """
  }

  private static func dataset() throws -> Dataset {
    var numbers = Numbers(71)
    let labels = try AlignedMemory(byteCount: 20 * 4)
    for label in 0..<20 { labels.bytes.bindMemory(to: Int32.self)[label] = Int32(label % 3) }
    let examples = Examples(
      inputs: try Tensor(shape: [20, 1, 4, 4], values: numbers.normals(320), as: .float32),
      targets: .classes(labels))
    return Dataset(name: "", training: examples, test: examples)
  }

  private struct Losses: TrainingReport {
    var all: [Double] = []
    mutating func didStep(epoch: Int, step: Int, loss: Double) { all.append(loss) }
    mutating func didEnd(_ result: EpochResult) {}
  }

  /// Protects trainings of weeks: two epochs beyond such a number of steps are trained as any others, to
  /// the same bits each time, and what a checkpoint says of them is read back as it was.
  @Test(arguments: starts, trainings)
  func runner(_ start: UInt64, _ training: String) throws {
    var found: [[UInt8]] = []
    for _ in 0..<2 {
      let harness = try PluginHarness(CompilerFixture.plugin(Self.text(training)))
      harness.network.regions.initialize(harness.plugin.description, seed: 4)
      let stepsPerEpoch: UInt64 = training.contains("accumulate") ? 3 : 5
      let epoch = Int(start / stepsPerEpoch)
      var trainer = try Trainer(
        harness.network, dataset: try Self.dataset(),
        options: .init(epochs: epoch + 2, learningRate: 0.01, seed: 9), stop: .never)
      #expect(UInt64(trainer.stepsPerEpoch) == stepsPerEpoch)
      trainer.progress.epoch = epoch
      trainer.progress.steps = UInt64(epoch) * stepsPerEpoch
      var report = Losses()
      let outcome = try trainer.run(report: &report)
      #expect(outcome.ending == .completed)
      #expect(report.all.count == 2 * Int(stepsPerEpoch))
      #expect(!report.all.contains { !$0.isFinite })
      #expect(trainer.progress.steps == UInt64(epoch + 2) * stepsPerEpoch)
      #expect(trainer.progress.steps > start)
      let header = CheckpointHeader(origin: [], progress: trainer.progress, finiteStep: 10)
      let read = try CheckpointHeader(
        header.metadata, origin: [], stepsPerEpoch: Int(stepsPerEpoch))
      #expect(read.progress.steps == trainer.progress.steps)
      #expect(read.progress.epoch == epoch + 2)
      found.append(harness.network.regions.learnedBytes)
    }
    #expect(found[0] == found[1])
  }

  /// Protects draws: the steps before and after such a number draw each something else, as do the epochs;
  /// each alone, as a dropout draws by the step and an augmentation by the epoch.
  @Test(arguments: starts, [true, false]) func draws(_ start: UInt64, _ drops: Bool) throws {
    // Of few numbers two draws may well be the same.
    let whole = Self.text("optimizer sgd").replacing("dense(5)", with: "dense(50)")
    let text =
      drops
      ? whole.replacing(/augment .* augment noise\(0.1\)/, with: "")
      : whole.replacing(" | dropout(0.2)", with: "")
    #expect(text != whole)
    let harness = try PluginHarness(CompilerFixture.plugin(text))
    let description = harness.plugin.description
    harness.network.regions.initialize(description, seed: 4)
    let examples = try Self.dataset().training
    var losses: [Double] = []
    for step in start - 2...start + 4 {
      var settings = StepSettings(
        step: step, seed: 3, hyperparameters: description.hyperparameters(learningRate: 0))
      settings.epoch = step
      losses.append(
        try [0, 1, 2, 3].withUnsafeBufferPointer { rows in
          try examples.withBatch(of: rows) { try harness.network.train($0, settings).loss }
        })
    }
    #expect(!losses.contains { !$0.isFinite })
    #expect(Set(losses).count == losses.count, "\(losses)")
  }

  private static let program = """
    #include <math.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include "small_trainer.h"

    static struct small_arena arena, other;
    static uint32_t order[10];

    static int32_t read_example(void *context, uint32_t row, float *in_x, int32_t *to_label) {
      (void)context;
      for (uint32_t k = 0; k < 16; k++) in_x[k] = (float)((row * 7 + k * 5) % 11) / 11;
      *to_label = (int32_t)(row % 3);
      return 0;
    }

    static int put(void *file, const void *bytes, uint64_t count) {
      return fwrite(bytes, 1, count, file) == count;
    }

    static int get(void *file, void *bytes, uint64_t count) {
      return fread(bytes, 1, count, file) == count;
    }

    int main(int count, char **arguments) {
      if (count < 2) return 1;
      const uint64_t start = strtoull(arguments[1], NULL, 10);
      const struct small_data data = {.count = 10, .read = read_example};
      struct small_trainer t, again;
      small_begin(&t, &arena, 7);
      t.step = start, t.epoch = UINT32_MAX - 2, t.epochs = UINT32_MAX;
      for (int k = 0; k < 4; k++)
        if (small_step(&t, &data, order)) return 2;
      FILE *file = tmpfile();
      if (!file || small_save_checkpoint(&t, put, file)) return 3;
      rewind(file);
      small_begin(&again, &other, 8);
      if (small_load_checkpoint(&again, get, file) || again.step != start + 4) return 4;
      for (int k = 0; k < 8; k++)
        if (small_step(&t, &data, order)) return 5;
      for (int k = 0; k < 8; k++)
        if (small_step(&again, &data, order)) return 6;
      if (t.step != start + 12 || again.step != t.step || again.epoch != t.epoch) return 7;
      if (!isfinite(t.loss) || t.loss != again.loss) return 8;
      if (memcmp(arena.parameters, other.parameters, sizeof arena.parameters)) return 9;
      return 0;
    }

    """

  /// Protects the generated trainer's own counters, under a compiler that ends the program where whole
  /// numbers overflow: a training goes on past such a step, from a checkpoint to the same bits.
  @Test(arguments: trainings.dropLast()) func generatedTrainer(_ training: String) throws {
    let compilation = try CompilerFixture.compile(Self.text(training), .training(.float))
    let sources = try #require(compilation.plugin.trainer)
    try Tools.inFolder { folder in
      for (name, text) in [
        ("small.h", compilation.plugin.header), ("small.c", compilation.plugin.network),
        ("small_trainer.h", sources.header), ("small_trainer.c", sources.source),
        ("main.c", Self.program),
      ] {
        try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
      }
      let compiler = try CCompiler.find(named: nil).path
      let files = ["main.c", "small_trainer.c", "small.c", "-lm", "-o", "small"]
      let flags = PlanOptions.training(.float).target.buildFlags
      // Needs no library of the sanitizer's, but clang. Optimized, it would take minutes.
      let traps = [
        "-fsanitize=undefined,float-cast-overflow", "-fsanitize-trap=undefined,float-cast-overflow",
      ]
      var built = try Tools.run(compiler, flags + ["-O0"] + traps + files, in: folder)
      if built.status != 0 { built = try Tools.run(compiler, flags + files, in: folder) }
      #expect(built.status == 0, "\(built.said.prefix(2000))")
      for start in Self.starts {
        let ran = try Tools.run("\(folder)/small", ["\(start)"], in: folder)
        #expect(ran.status == 0, "\(start): \(ran.status) \(ran.said)")
      }
    }
  }
}
