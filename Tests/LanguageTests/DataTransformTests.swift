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
    for input in ["[40]", "[1, 40]"] {
      let wave = model("data wave(rate: 8000, length: 5)", input: input).model?.training.sound
      #expect(wave == SoundPreparation(rate: 8000, length: 40), "\(input)")
    }
    let size = ImageSize(height: 4, width: 5)
    for input in ["[4, 5]", "[1, 4, 5]", "[3, 4, 5]"] {
      let found = model("data resize(4, width: 5)\ndata scale(1/255)", input: input)
      #expect(try #require(found.model).training.imageSize == size, "\(input)")
    }
  }

  /// Protects augmentations' order among each other and around 'data normalize', their names and
  /// what sets their draws apart.
  @Test func augmentations() throws {
    let made = try #require(
      model("augment crop(1)\ndata normalize\naugment flip\naugment flip(vertical)").model)
    let names = ["crop_image", "normalize_input_image", "flip_image", "flip_image2"]
    #expect(Array(made.layers.map(\.name).prefix(4)) == names)
    #expect(made.layers[4].operands == [.result(of: 3)] && made.augments)
    let streams = made.layers.compactMap { ($0.op.base as? any Augmentation)?.stream }
    #expect(streams == [0, 1, 2])
    #expect(made.beforeAugmentation(.result(of: 0)) == .input(0))
  }

  /// Protects noise that is added to sounds: its numbers, the input that can be named, its place in the
  /// block, and that it is no layer and changes no draws of the augmentations after it.
  @Test(arguments: [
    "augment background\ndata mfcc(10)\naugment flip",
    "data mfcc(10)\naugment background(volume: 0.1) on image\naugment flip",
    "data log_mel(10)\naugment flip\naugment background(frequency: 0.8)",
  ])
  func backgroundNoise(_ lines: String) throws {
    let made = try #require(model(lines, input: "[1, 49, 10]").model)
    let noise = try #require(made.training.background)
    #expect(noise.keyword == "background" && noise.frequency == 0.8 && noise.volume == 0.1)
    #expect(made.layers.map(\.name).prefix(2) == ["flip_image", "flatten1"])
    #expect((made.layers[0].op.base as? any Augmentation)?.stream == 0)
    #expect(ModelText.describe(made).contains("augment background(frequency: 0.8, volume: 0.1)\n"))
  }

  /// Protects models of several inputs: those that are named, or all that can be taken, draw alike.
  @Test(arguments: [
    ("augment flip", ["flip_left", "flip_right"]), ("augment flip on right", ["flip_right"]),
    ("augment noise(1) on side, left", ["noise_left", "noise_side"]),
  ])
  func augmentedInputs(_ line: String, _ names: [String]) throws {
    let made = try #require(several(line).model)
    let layers = made.layers.filter { $0.op.base is any Augmentation }
    #expect(layers.map(\.name) == names)
    #expect(layers.allSatisfy { ($0.op.base as? any Augmentation)?.stream == 0 })
  }

  private func several(_ line: String) -> (model: Model?, diagnostics: [Diagnostic]) {
    check(
      """
      model m {
        input left: [1, 4, 4]
        input right: [1, 4, 4]
        input side: [5]
        target label: class(3)
        a = left | flatten
        b = right | flatten
        y = concat(a, b, side) | dense(3)
        loss softmax_cross_entropy(y, label)
      }
      training {
        \(line)
      }
      """)
  }

  /// Protects whoever augments what cannot be.
  @Test(arguments: [
    ("augment flip on lft", "no input is called 'lft'"),
    ("augment flip on side", "flip takes an image [channels, height, width] or a sequence"),
    ("augment crop(5)", "crop moves by up to 5 rows, and [1, 4, 4] has 4"),
    ("augment crop(4, mode: reflect)", "has 4, one more than can be mirrored"),
    ("augment cutout(8)", "a square of 8 x 8 leaves nothing of [1, 4, 4]"),
    ("augment shift", "'rows' and 'columns' are 0, which moves nothing"),
    (
      "augment flip(alternating: true, probability: 0.5)",
      "'probability' is for flips that are drawn"
    ),
    ("augment mixup(0)", "'alpha' takes"),
    ("augment mixup\naugment mixup(0.2) on left", "'augment mixup'"),
    ("augment flp", "no augmentation is called 'flp'"),
    ("augment background", "background is added to sounds, and the training block has no 'data'"),
    ("augment background(frequency: 1.1)", "'frequency' takes a number from 0 to 1"),
    ("augment background(volume: 0)", "'volume' takes a number from 1e-30 to 1, and this is 0"),
    ("augment background(volume: 2)", "'volume' takes a number from 1e-30 to 1, and this is 2"),
    ("augment background(0.5)", "argument"),
    ("data wave\naugment background on lft", "no input is called 'lft'"),
    ("data wave\naugment background", "sound is for a model of one input, and this one has 3"),
    (
      "augment background\naugment background(volume: 1)",
      "there is a second 'augment background'"
    ),
  ])
  func augmentationMistakes(_ line: String, _ message: String) {
    let (model, diagnostics) = several(line)
    #expect(model == nil)
    #expect(diagnostics.contains { $0.message.contains(message) }, "\(diagnostics)")
  }

  /// Protects what a test-time augmentation is for, and whoever asks for what cannot be seen.
  @Test(arguments: [
    ("tta flip on lft", "no input is called 'lft'"),
    ("tta flip on side", "flip takes an image [channels, height, width] or a sequence"),
    ("tta shift(4)", "a shift by 4 leaves nothing of [1, 4, 4]"),
    (
      "tta shift(1)\ntta shift(2) on right",
      "an input is moved by one 'tta shift', and here is another"
    ),
    (
      "tta flip\ntta flip\ntta flip\ntta flip\ntta flip\ntta flip\ntta flip",
      "an evaluation would see each example 128 times, and 64 is the most"
    ),
    ("tta noise(1)", "no test-time augmentation is called 'noise'"),
    ("tta 2", "'tta' takes"),
  ])
  func testAugmentationMistakes(_ line: String, _ message: String) {
    let (model, diagnostics) = several(line)
    #expect(model == nil)
    #expect(diagnostics.contains { $0.message.contains(message) }, "\(diagnostics)")
  }

  /// Protects the inputs that are seen in other ways: those that are named, or all that can be.
  @Test func testAugmentedInputs() throws {
    let training = try #require(several("tta flip\ntta shift(1) on right").model)
    #expect(training.training.testAugmentations.map(\.inputs) == [[0, 1], [1]])
    #expect(training.views.count == 6)
    #expect(training.views.reduce(0) { $0 + $1.weight } == 1)
    #expect(try #require(several("batch 2").model).views.isEmpty)
  }

  /// Protects whoever whitens what does not see the data, or has no room for the directions.
  @Test(arguments: [
    ("initialize whitening", "whitening is for a convolution that reads an input, and not for all"),
    (
      "initialize whitening on dense1.weight",
      "starts the weight of a convolution, and 'dense1' is a"
    ),
    ("initialize whitening on *.weight", "and 'conv2' reads 'relu1'"),
    ("initialize whitening on conv3.weight", "has 9 output channels, and the 4 directions"),
    ("initialize whitening on conv4.weight", "must be of all 2 channels"),
    ("initialize whitening on conv1.bias", "whitening starts weights, and 'conv1.bias' is none"),
    ("initialize whitening(eps: 0) on conv1.weight", "'eps' takes"),
    ("optimizer sgd\noptimizer sgd(epochs: 0) on *.bias", "'epochs' takes"),
    ("optimizer sgd(epochs: 2)", "'epochs'"),
    (
      "average lookahead(power: 2)",
      "'power' says how alpha goes to 'end_alpha', which is not given"
    ),
  ])
  func whiteningMistakes(_ line: String, _ message: String) {
    let (model, diagnostics) = check(
      """
      model m {
        input x: [2, 6, 6]
        input z: [1, 4, 4]
        target label: class(3)
        a = x | conv(8, kernel: 2) | relu | conv(4, kernel: 2) | flatten
        b = z | conv(9, kernel: 2) | flatten
        c = x | conv(8, kernel: 2, groups: 2) | flatten
        y = concat(a, b, c) | dense(3)
        loss softmax_cross_entropy(y, label)
      }
      training {
        \(line)
      }
      """)
    #expect(model == nil)
    #expect(diagnostics.contains { $0.message.contains(message) }, "\(diagnostics)")
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
    ("data wave", "the sound becomes [1, 16000], and the input 'image' is [3, 4, 4]"),
    ("data wave(rate: 11025, length: 33)", "is no whole number of samples"),
    ("data wave\ndata mfcc(10)", "there is a second 'data of sounds or images'"),
    ("data mfcc(50)", "'coefficients' are more than there are bands, 40"),
    ("data log_mel(4, low: 5000)", "'high' must be above low, and at most half the rate"),
    ("data log_mel(4, rate: 11025, window: 33)", "is no whole number of samples"),
    ("data log_mel(4, length: 20)", "'window' is longer than the sound"),
    ("data mfcc(4)\ndata log_mel(4)", "there is a second 'data of sounds or images'"),
    ("data resize(4, 4)\ndata log_mel(4)", "there is a second 'data of sounds or images'"),
    ("data resize(4, 5)", "images become 4 rows of 5, and the input 'image' is [3, 4, 4]"),
    ("data resize(4)", "'resize' needs 'width'"),
    ("data resize(0, 4)", "'height' takes a whole number from 1 to 65535, and this is 0"),
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
