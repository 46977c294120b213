import Foundation
import Lowering
import Testing

@testable import Runner

/// Weights that are made of the training data's patches, against numpy: Tests/References/Data/whitening.json,
/// which Tests/References/make_whitening.py writes.
@Suite struct WhiteningTests {
  struct Row: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let inputs: [Double]
    let count: Int
    let weight: [Double]
    var testDescription: String { name }
  }

  private static let rows: [Row] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("References/Data/whitening.json")
    guard let data = try? Data(contentsOf: path) else { return [] }
    return (try? JSONDecoder().decode([Row].self, from: data)) ?? []
  }()

  /// Of each case the input, its convolution and the training block.
  private static let models = [
    "bytes": (
      "[3, 7, 6]", "conv(20, kernel: 2)",
      """
      data scale(1/255)
      augment flip
      data normalize(mean: [0.4, 0.5, 0.45], std: [0.2, 0.25, 0.3])
      augment noise(1)
      initialize whitening on first.weight
      average ema(0.9)
      """
    ),
    "floats": (
      "[2, 9, 8]", "conv(24, kernel: [3, 2], dilation: 2, stride: 2, padding: 1)",
      """
      data normalize
      initialize whitening(eps: 0.01, examples: 5) on first.weight
      """
    ),
    "sequence": ("[2, 30]", "conv(16, kernel: 4)", "initialize whitening on first.*"),
  ]

  private static func text(_ name: String) throws -> String {
    let (shape, convolution, training) = try #require(models[name])
    return """
      model whitened {
        input x: \(shape)
        target label: class(3)
        y = x | \(convolution) as first | relu | flatten | dense(3)
        loss softmax_cross_entropy(y, label)
      }
      training {
        batch 4
        \(training)
      }
      """
  }

  private static func examples(_ row: Row, _ shape: [Int], _ type: NumberType) throws -> Examples {
    let labels = try AlignedMemory(byteCount: row.count * 4)
    labels.bytes.initializeMemory(as: UInt8.self, repeating: 0)
    return Examples(
      inputs: try Tensor.of(row.inputs, shape: [row.count] + shape, as: type),
      targets: .classes(labels))
  }

  /// Protects the weights: numpy's, in either precision, whatever normalizes the input before.
  @Test(arguments: rows)
  func agreesWithNumPy(_ row: Row) throws {
    let isBytes = row.name == "bytes"
    for (plan, tolerance) in [(PlanOptions.training(.double), 1e-9), (.training(.float), 1e-4)] {
      let harness = try PluginHarness(CompilerFixture.plugin(Self.text(row.name), plan))
      let description = harness.plugin.description
      harness.network.regions.initialize(description, seed: 3)
      #expect(harness["first.weight"].allSatisfy { $0 == 0 })
      let examples = try Self.examples(
        row, description.inputs[0].shape, isBytes ? .uint8 : description.elementType)
      _ = try harness.network.normalizeInputs(by: examples)
      let notes = try harness.network.whiten(by: examples)
      #expect(notes.map(\.examples) == [row.name == "floats" ? 5 : row.count])
      expectClose(harness["first.weight"], row.weight, within: tolerance, row.name)
      for (parameter, average) in description.averages {
        #expect(harness[parameter.name] == harness[average.name])
      }
    }
  }

  /// Protects that there is a row for each case, for without the file nothing is compared.
  @Test func rowsAreThere() { #expect(Set(Self.rows.map(\.name)) == Set(Self.models.keys)) }

  /// Protects weights that were saved: loaded, they are not made anew, of other data neither; a file
  /// without them has them made.
  @Test func loadedWeightsStay() throws {
    let row = try #require(Self.rows.first { $0.name == "floats" })
    let harness = try PluginHarness(
      CompilerFixture.plugin(Self.text("floats"), .training(.double)))
    let description = harness.plugin.description
    let examples = try Self.examples(row, description.inputs[0].shape, .float64)
    harness.network.regions.initialize(description, seed: 3)
    _ = try harness.network.normalizeInputs(by: examples)
    _ = try harness.network.whiten(by: examples)
    let made = harness["first.weight"]
    try Tools.inFolder { folder in
      let path = folder + "/w.safetensors"
      harness["first.weight"] = made.map { $0 + 1 }
      try harness.network.saveWeights(to: path)
      harness["first.weight"] = made
      let loaded = try harness.network.loadWeights(from: path, .matching)
      #expect(try harness.network.whiten(by: examples, loaded: loaded).map(\.isLoaded) == [true])
      #expect(harness["first.weight"] == made.map { $0 + 1 })
      let other = try PluginHarness(
        CompilerFixture.plugin(
          Self.text("floats").replacing(" as first", with: " as second")
            .replacing("first.weight", with: "second.weight"), .training(.double)))
      let found = try other.network.loadWeights(from: path, .matching)
      #expect(try other.network.whiten(by: examples, loaded: found).map(\.isLoaded) == [false])
      #expect(other["second.weight"] == made)
    }
  }

  /// Protects the eigenvectors of matrices that are special: one number, a diagonal, one of rank 1, all 0.
  @Test func specialMatrices() {
    func check(_ matrix: [Double], _ expected: [Double]) {
      let size = expected.count
      let (values, vectors) = eigenvectors(symmetric: matrix, size: size)
      expectClose(values, expected, within: 1e-14, "\(matrix)")
      for (value, vector) in zip(values, vectors) {
        #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-14)
        for row in 0..<size {
          let product = (0..<size).reduce(0) { $0 + matrix[row * size + $1] * vector[$1] }
          #expect(abs(product - value * vector[row]) < 1e-14)
        }
      }
    }
    check([3], [3])
    check([1, 0, 0, 0, 5, 0, 0, 0, -2], [5, 1, -2])
    check([1, 2, 2, 4], [5, 0])
    check([0, 0, 0, 0], [0, 0])
  }

  /// Protects convolutions in groups, transposed ones too: with a dirac start each group keeps what it reads,
  /// and outputs beyond that start as `rest` says.
  @Test func diracOfGroups() throws {
    let harness = try PluginHarness(
      CompilerFixture.plugin(
        """
        model m {
          input x: [4, 6, 6]
          target t: class(2)
          y = x | conv(4, kernel: 3, padding: 1, groups: 4) | conv(4, kernel: 1, groups: 2)
            | conv_transpose(4, kernel: 1, groups: 4) | conv(6, kernel: 1, groups: 2) | flatten | dense(2)
          loss softmax_cross_entropy(y, t)
        }
        training { initialize dirac(rest: pytorch) on conv*.weight }
        """))
    harness.network.regions.initialize(harness.plugin.description, seed: 8)
    #expect(harness["conv1.weight"] == (0..<36).map { $0 % 9 == 4 ? 1 : 0 })
    #expect(harness["conv2.weight"] == [1, 0, 0, 1, 1, 0, 0, 1])
    #expect(harness["conv_transpose1.weight"] == [1, 1, 1, 1])
    let wide = harness["conv3.weight"]
    #expect(Array(wide[..<4]) == [1, 0, 0, 1] && Array(wide[6..<10]) == [1, 0, 0, 1])
    let rest = Array(wide[4..<6] + wide[10...])
    #expect(rest.allSatisfy { $0 != 0 && abs($0) <= 0.5.squareRoot() } && Set(rest).count == 4)
  }

  /// Protects what has a dirac start and more outputs than inputs: PyTorch's start in the rest of them, and
  /// 0 without a word about it.
  @Test func diracWithARest() throws {
    for (rest, isZero) in [("", true), ("(rest: pytorch)", false)] {
      let harness = try PluginHarness(
        CompilerFixture.plugin(
          """
          model m {
            input x: [3, 6, 6]
            target t: class(2)
            y = x | conv(8, kernel: 3) | conv(2, kernel: 2) | flatten | dense(2)
            loss softmax_cross_entropy(y, t)
          }
          training {
            initialize dirac\(rest) on conv*.weight
          }
          """))
      harness.network.regions.initialize(harness.plugin.description, seed: 8)
      let weight = harness["conv1.weight"]
      for output in 0..<3 {
        #expect(
          Array(weight[output * 27..<(output + 1) * 27])
            == (0..<27).map { $0 == output * 9 + 4 ? 1 : 0 })
      }
      let others = Array(weight[(3 * 27)...])
      let bound = (1.0 / 27).squareRoot()
      #expect(others.allSatisfy { isZero ? $0 == 0 : abs($0) <= bound })
      // 135 uniform numbers: five deviations of their mean and of their mean square.
      let mean = others.reduce(0, +) / 135
      let square = others.reduce(0) { $0 + $1 * $1 } / 135
      #expect(abs(mean) < 5 * bound / (3.0 * 135).squareRoot())
      #expect(
        isZero
          || abs(square - bound * bound / 3) < 5 * bound * bound * (4 / 45.0 / 135).squareRoot())
      let narrow = harness["conv2.weight"]
      #expect(narrow.filter { $0 == 1 }.count == 2 && narrow.filter { $0 == 0 }.count == 62)
    }
  }
}
