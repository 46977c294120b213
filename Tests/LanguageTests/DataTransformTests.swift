import Diagnostics
import IR
import Operators
import Testing

@testable import Language

/// `data` in the training block.
@Suite struct DataTransformTests {
  private func model(_ data: String, input: String = "[3, 4, 4]") -> (
    model: Model?, diagnostics: [Diagnostic]
  ) {
    check(
      """
      model m {
        input image: \(input)
        target label: class(3)
        y = image | flatten | dense(3)
        loss softmax_cross_entropy(y, label)
      }
      training {
        \(data)
      }
      """)
  }

  /// Protects what each word sets, and that they stand beside each other in any order.
  @Test func words() throws {
    let scaled = try #require(model("data scale(1/4)\ndata normalize").model)
    #expect(scaled.training.dataScale == 0.25 && !scaled.training.scalesReals)
    #expect(try #require(model("data scale(2, of: all)").model).training.scalesReals)
    let given = try #require(model("data normalize(mean: 1, std: [1, 2, 4])").model)
    #expect(given.layers.map(\.name) == ["normalize_input_image", "flatten1", "dense1"])
    #expect(given.layers[1].operands == [.result(of: 0)])
    let parameters = given.parameters(of: 0)
    #expect(parameters.map(\.start) == [.listed([1, 0.5, 0.25]), .listed([-1, -0.5, -0.25])])
    #expect(parameters.map(\.isFrozen) == [true, true])
    #expect(scaled.parameters(of: 0).map(\.start) == [.constant(1), .constant(0)])
    let sound = try #require(model("data mfcc(10)", input: "[1, 49, 10]").model).training.sound
    #expect(
      sound
        == SoundPreparation(
          rate: 16000, length: 16000, window: 480, stride: 320, bands: 40, coefficients: 10,
          low: 20,
          high: 4000))
    #expect(model("data log_mel(40, rate: 8000, length: 30)", input: "[1, 40]").model != nil)
  }

  /// Protects whoever gives numbers that do not fit the input or each other.
  @Test(arguments: [
    (
      "data normalize(mean: [1, 2], std: 1)",
      "'mean' has 2 numbers, and an input [3, 4, 4] has 3 channels"
    ),
    ("data normalize(mean: 1)", "'mean' is given without 'std'"),
    ("data normalize(mean: 1, std: 0)", "'std' takes"),
    ("data scale(2)\ndata scale(3)", "there is a second 'data scale'"),
    ("data mfcc(10)", "the sound becomes [1, 49, 10], and the input 'image' is [3, 4, 4]"),
    ("data mfcc(50)", "'coefficients' are more than there are bands, 40"),
    ("data log_mel(4, low: 5000)", "'high' must be above low, and at most half the rate"),
    ("data log_mel(4, rate: 11025, window: 33)", "is no whole number of samples"),
    ("data log_mel(4, length: 20)", "'window' is longer than the sound"),
    ("data mfcc(4)\ndata log_mel(4)", "there is a second 'data of sound'"),
    ("data shuffle", "shuffle"),
  ])
  func mistakes(_ data: String, _ message: String) {
    let (found, diagnostics) = model(data)
    #expect(found == nil)
    #expect(
      diagnostics.contains { $0.severity == .error && $0.message.contains(message) },
      "\(diagnostics.map(\.message))")
  }

  /// Protects a layer that is called as the one of the data would be: one name is one thing.
  @Test func names() {
    let (found, diagnostics) = check(
      """
      model m {
        input x: [4]
        target label: class(3)
        y = x | dense(3) as normalize_input_x
        loss softmax_cross_entropy(y, label)
      }
      training { data normalize }
      """)
    #expect(found == nil && diagnostics.map(\.code).contains(.duplicateName))
  }
}
