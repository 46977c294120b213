import Diagnostics
import Foundation
import Lowering
import Testing
import Verification

@testable import CodeGeneration
@testable import Driver
@testable import Runner

/// The trainer in plain C, in a program that an engineer might write around it.
@Suite struct TrainerTests {
  /// Every way to start, an optimizer with slots, statistics, draws of each step, layers whose names
  /// have to be sorted, and a last batch that is short.
  private static let text = """
    model small {
      input x: [2, 6, 6]
      target label: class(3)
      y = x | conv(4, kernel: 3) as conv2 | batchnorm(start: standard) | relu
        | conv(4, kernel: 3, padding: same, groups: 2) as conv10
        | dropout(0.2) | flatten | dense(9) as a | tanh | dense(9) as b | tanh | dense(3) as c
      loss softmax_cross_entropy(y, label) + l2(0.01) on *.weight
    }
    training {
      batch 5
      epochs 3
      optimizer adam(lr: 0.01)
      schedule cosine(warmup: 2)
      initialize uniform(-0.1, 0.1) on conv2.weight
      initialize dirac on conv10.weight
      initialize orthogonal on a.weight
      initialize truncated_normal(0.2) on b.weight
      initialize he on c.weight
      MORE
    }
    """

  /// Reads `examples.bin`, 23 rows of 72 floats and a class, trains, and goes on from a checkpoint
  /// after two steps where it is asked to.
  private static let program = """
    #include <stdio.h>
    #include <string.h>
    #include "small_trainer.h"

    static struct small_arena arena, other;
    static float inputs[23][72];
    static int32_t labels[23];

    static int32_t read_example(void *context, uint32_t row, float *in_x, int32_t *to_label) {
      (void)context;
      memcpy(in_x, inputs[row], sizeof inputs[row]);
      *to_label = labels[row];
      return 0;
    }

    static int put(void *file, const void *bytes, uint64_t count) {
      return fwrite(bytes, 1, count, file) == count;
    }

    static int get(void *file, void *bytes, uint64_t count) {
      return fread(bytes, 1, count, file) == count;
    }

    static int32_t load_checkpoint(struct small_trainer *t, const char *path) {
      FILE *file = fopen(path, "rb");
      const int32_t status = file ? small_load_checkpoint(t, get, file) : -1;
      if (file) fclose(file);
      return status;
    }

    static int32_t load_weights(struct small_trainer *t, const char *path) {
      FILE *file = fopen(path, "rb");
      const int32_t status = file ? small_load_weights(t, get, file) : -1;
      if (file) fclose(file);
      return status;
    }

    static int32_t save(struct small_trainer *t, const char *path, int is_checkpoint) {
      FILE *file = fopen(path, "wb");
      const int32_t status = is_checkpoint ? small_save_checkpoint(t, put, file)
                                           : small_save_weights(t, put, file);
      fclose(file);
      return status;
    }

    // Damages a byte of a file.
    static void damage(const char *path, long place) {
      FILE *file = fopen(path, "r+b");
      fseek(file, place, SEEK_SET);
      const int byte = fgetc(file);
      fseek(file, place, SEEK_SET);
      fputc(byte ^ 1, file);
      fclose(file);
    }

    int main(void) {
      static uint32_t order[23];
      FILE *file = fopen("examples.bin", "rb");
      if (!get(file, inputs, sizeof inputs) || !get(file, labels, sizeof labels)) return 1;
      fclose(file);
      const struct small_data data = {.count = 23, .read = read_example};
      struct small_trainer t, again;
      small_begin(&t, &arena, 7);
      int32_t status = 0;
      for (int step = 0; step < 2 && !status; step++) status = small_step(&t, &data, order);
      if (status || save(&t, "checkpoint", 1)) return 2;
      double loss = 0;
      while (t.epoch < t.epochs && !status) status = small_epoch(&t, &data, order, &loss);
      if (status || save(&t, "weights", 0)) return 3;
      double tested = 0;
      uint32_t right = 0;
      if (small_evaluate(&t, &data, &tested, &right)) return 4;
      printf("%.9g %u %zu\\n", tested, (unsigned)right, sizeof arena);

      small_begin(&again, &other, 8);
      if (load_checkpoint(&again, "checkpoint")) return 5;
      while (again.epoch < again.epochs && !status) status = small_epoch(&again, &data, order, NULL);
      if (status || save(&again, "weights_again", 0)) return 6;

      small_begin(&again, &other, 9);
      if (load_weights(&again, "weights") || save(&again, "weights_loaded", 0)) return 7;
      if (load_checkpoint(&again, "weights") != SMALL_OTHER_FILE) return 8;
      if (load_weights(&again, "checkpoint") != SMALL_OTHER_FILE) return 9;
      damage("checkpoint", 400);
      if (load_checkpoint(&again, "checkpoint") != SMALL_DAMAGED) return 10;
      if (load_weights(&again, "examples.bin") != SMALL_OTHER_FILE) return 11;
      return 0;
    }
    """

  private static func examples() throws -> (Examples, Data) {
    var numbers = Numbers(12)
    let values = numbers.normals(23 * 72).map { Double(Float($0)) }
    let labels = try AlignedMemory(byteCount: 23 * 4)
    var data = Data()
    for value in values { withUnsafeBytes(of: Float(value)) { data.append(contentsOf: $0) } }
    for row in 0..<23 {
      let label = Int32(row % 3)
      labels.bytes.bindMemory(to: Int32.self)[row] = label
      withUnsafeBytes(of: label) { data.append(contentsOf: $0) }
    }
    let tensor = try Tensor(shape: [23, 2, 6, 6], values: values, as: .float32)
    return (Examples(inputs: tensor, targets: .classes(labels)), data)
  }

  private struct Silent: TrainingReport {
    mutating func didStep(epoch: Int, step: Int, loss: Double) {}
    mutating func didEnd(_ result: EpochResult) {}
  }

  /// Protects the promise of the header: the program's weights are `bnc train`'s, byte by byte, from
  /// the same seed, from a checkpoint too, in little memory too; its evaluation says the same; its
  /// memory is as large as it says; and what is damaged or of another kind is told.
  @Test(
    arguments: ["", "average ema(0.9)", "accumulate 2 clip norm(1)"], [nil, MemoryBudget.least])
  func trainsAsBncDoes(_ more: String, _ memory: MemoryBudget?) throws {
    // An average's evaluation beside one that weighs its examples.
    let weighs = more.hasPrefix("average") ? ", weights: [1, 2, 0.5], ignore: 2" : ""
    let text = Self.text.replacingOccurrences(of: "MORE", with: more)
      .replacingOccurrences(of: "label) +", with: "label\(weighs)) +")
    var plan = PlanOptions.training(.float)
    plan.memory = memory
    let (examples, bytes) = try Self.examples()

    try Tools.inFolder { folder in
      let plugin = try CompilerFixture.plugin(text, plan)
      let network = try Network(plugin, host: Host(pool: ThreadPool(threads: 2)))
      network.regions.initialize(plugin.description, seed: 7)
      var trainer = try Trainer(
        network, dataset: Dataset(name: "", training: examples, test: examples),
        options: .init(epochs: 3, learningRate: 0.01, seed: 7), stop: .never)
      var report = Silent()
      let outcome = try trainer.run(report: &report)
      try network.saveWeights(to: folder + "/expected")

      let compilation = try CompilerFixture.compile(text, plan)
      let sources = try #require(compilation.plugin.trainer)
      for (name, text) in [
        ("small.h", compilation.plugin.header), ("small.c", compilation.plugin.network),
        ("small_trainer.h", sources.header), ("small_trainer.c", sources.source),
        ("main.c", Self.program + "\n"),
      ] {
        try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
      }
      try bytes.write(to: URL(fileURLWithPath: folder + "/examples.bin"))
      let strict = ["-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
      let built = try Tools.run(
        CCompiler.find(named: nil).path,
        plan.target.buildFlags + strict
          + ["main.c", "small_trainer.c", "small.c", "-lm", "-o", "small"], in: folder)
      #expect(built.status == 0, "\(built.said.prefix(2000))")
      let ran = try Tools.run("\(folder)/small", [], in: folder)
      #expect(ran.status == 0, "\(ran.said)")

      func file(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      let expected = try file("expected")
      #expect(try file("weights") == expected)
      #expect(try file("weights_again") == expected)
      #expect(try file("weights_loaded") == expected)
      let words = ran.said.split(separator: " ").map {
        $0.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      let test = try #require(outcome.epochs.last?.test)
      #expect(abs((Double(words[0]) ?? 0) - test.loss) < 1e-6)
      let counted = (0..<23).count {
        weighs.isEmpty || examples.targetClass($0, position: 0, target: 0) != 2
      }
      #expect(Double(words[1]) == ((test.accuracy ?? 0) * Double(counted)).rounded())
      #expect(sources.header.contains("All the memory of a training: \(words[2]) bytes."))
    }
  }
}
