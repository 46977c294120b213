import Diagnostics
import Driver
import Lowering
import Foundation
import Testing

@testable import Runner

/// Document 004: batch norm in two halves.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct NormalizeScaleShiftTests {
  private let x: [[Double]] = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
  private let y: [[Double]] = [[1, 2, 0, 1], [2, 1, 3, 1], [4, 2, 5, 6]]
  private let gamma = [0.2850, 0.7858, 0.2416, 0.6030]

  /// Protects the document's example. Its gamma is printed with four digits, half a unit of which
  /// is 1.2247 times as much in the result; its rows are printed with four digits too.
  @Test(arguments: precisions)
  func theExample(precision: Precision, rounding: Double) throws {
    let row = [0.3491, 0.9625, 0.2959, 0.7385]
    for name in ["scale_shift1", "batchnorm1"] {
      let text =
        name == "scale_shift1" ? try exampleModel("normalize_scale_shift") : try composed()
      let network = try SeedNetwork(text, precision)
      try network.set("\(name).gamma", gamma)
      expect(
        try network.step(x).output.tensor.values,
        near: row.map { -$0 } + [0, 0, 0, 0] + row, within: 1.3e-4 + rounding)
    }
  }

  /// Protects `like: pytorch`: the running variance is unbiased, 16, and batch norm divides by the
  /// root of the biased one, 32 / 3, which the document's std of 4 is not.
  @Test func theTwoVariances() throws {
    let network = try SeedNetwork(exampleModel("normalize_scale_shift"))
    let step = try network.step(x)
    expect(
      try network.get("normalize1.running_variance"),
      near: Array(repeating: 0.9 + 0.1 * 16, count: 4), within: 1e-12)
    expect(
      try network.get("normalize1.running_mean"), near: [0.4, 0.5, 0.6, 0.7], within: 1e-12)
    let scale = (32.0 / 3 + 1e-5).squareRoot()
    expect(
      step.output.tensor.values,
      near: x.flatMap { $0.map { _ in 0 } }.indices.map {
        Double($0 / 4 - 1) * 4 / scale
      }, within: 1e-12)
  }

  /// Protects the rule that batch norm is the composition, forward and backward, to the last bits.
  @Test(arguments: precisions)
  func theComposition(precision: Precision, rounding: Double) throws {
    let halves = try SeedNetwork(exampleModel("normalize_scale_shift"), precision)
    let whole = try SeedNetwork(composed(), precision)
    try halves.set("scale_shift1.gamma", gamma)
    try whole.set("batchnorm1.gamma", gamma)
    let (left, right) = (try halves.step(x, y), try whole.step(x, y))
    let tolerance = 1e-12 + rounding
    expect(left.output.tensor.values, near: right.output.tensor.values, within: tolerance)
    for part in ["gamma", "beta"] {
      expect(
        try left.gradient("scale_shift1.\(part)"), near: try right.gradient("batchnorm1.\(part)"),
        within: tolerance)
    }
    expect(
      try left.gradient("x.gradient"), near: try right.gradient("x.gradient"), within: tolerance)
  }

  /// Protects the training plan, where both are one kernel, also where nothing before them learns
  /// and only the second half has gradients at all: a step moves gamma and beta alike.
  @Test func theCompositionTrains() throws {
    let halves = try SeedNetwork(exampleModel("normalize_scale_shift"), inspects: false)
    let whole = try SeedNetwork(composed(), inspects: false)
    try halves.train(x, y, rate: 0.1)
    try whole.train(x, y, rate: 0.1)
    for part in ["gamma", "beta"] {
      expect(
        try halves.get("scale_shift1.\(part)"), near: try whole.get("batchnorm1.\(part)"),
        within: 0)
    }
    for part in ["running_mean", "running_variance"] {
      expect(
        try halves.get("normalize1.\(part)"), near: try whole.get("batchnorm1.\(part)"), within: 0)
    }
    #expect(try halves.get("scale_shift1.gamma") != [1, 1, 1, 1])
  }

  /// Protects the fusion: `normalize | scale_shift | relu` becomes the kernels of `batchnorm |
  /// relu`, in the plan and in the C, line by line, once the two layers' names are made one.
  @Test(arguments: ["", " | avgpool(2)"])
  func theKernels(pool: String) throws {
    let halves = try compile("normalize | scale_shift | relu\(pool)")
    let whole = try compile("batchnorm | relu\(pool)")
    #expect(renamed(halves.kernels.text) == renamed(whole.kernels.text))
    let functions = functions(halves.plugin.network)
    #expect(functions.count > 50)
    #expect(functions == self.functions(whole.plugin.network))
  }

  private func compile(_ layers: String) throws -> Compilation {
    let text = """
      model m {
        input x: [3, 8, 8]
        target t: class(4)
        y = x | conv(8, kernel: 3) | \(layers) | flatten | dense(4)
        loss softmax_cross_entropy(y, t)
      }
      """
    return try Compiler.compile(SourceFile(name: "m.bn", text: text), CompileOptions())
  }

  private func renamed(_ text: String) -> [String] {
    text.split(separator: "\n").map { line in
      ["normalize1", "scale_shift1", "batchnorm1"].reduce(String(line)) {
        $0.replacingOccurrences(of: $1, with: "norm")
      }
    }
  }

  /// The words of the kernels, without the comments over them: names differ in length, and so lines
  /// in where they break.
  private func functions(_ c: String) -> [String] {
    var isInside = false
    return renamed(c).filter { line in
      if line.hasPrefix("static void ") { isInside = true }
      defer { if line == "}" { isInside = false } }
      return isInside
    }.flatMap { $0.split(separator: " ").map(String.init) }
  }

  private func composed() throws -> String {
    try exampleModel(
      "normalize_scale_shift",
      ("normalize(like: pytorch) | scale_shift", "batchnorm(like: pytorch)"))
  }
}
