import Driver
import IR
import Operators
import Testing

/// The example models that others have published, against what they say of them.
@Suite struct PublishedNetworkTests {
  /// A network's trainable parameters, those that are frozen, and its multiply-adds.
  struct Figures: Sendable, CustomStringConvertible {
    let name: String
    let trainable, frozen, multiplyAdds: Int
    var description: String { name }
  }

  /// Protects the four networks of MLPerf Tiny (mlcommons/tiny v1.4) layer for layer, and
  /// airbench94: one layer that differs in its kernel, bias, stride or padding changes a figure.
  @Test(arguments: [
    Figures(name: "resnet8", trainable: 78_186, frozen: 0, multiplyAdds: 12_501_632),
    Figures(name: "ds_cnn", trainable: 23_756, frozen: 0, multiplyAdds: 2_656_768),
    Figures(name: "mobilenet_v1", trainable: 216_322, frozen: 0, multiplyAdds: 7_489_664),
    Figures(name: "autoencoder", trainable: 267_928, frozen: 0, multiplyAdds: 264_192),
    Figures(name: "airbench94", trainable: 1_971_640 - 288, frozen: 288, multiplyAdds: 118_147_360),
  ])
  func figures(_ figures: Figures) throws {
    try expect(figures, of: ExampleModels.named(figures.name).text)
  }

  /// Protects the constant that makes ResNet-8 the wide one of MLPerf Tiny.
  @Test func wideResNet8() throws {
    let text = try ExampleModels.named("resnet8").text
      .replacing("const width = 16", with: "const width = 26")
    try expect(
      Figures(name: "resnet8", trainable: 204_526, frozen: 0, multiplyAdds: 32_562_192), of: text)
  }

  private func expect(_ figures: Figures, of text: String) throws {
    let model = try CompilerFixture.compile(text).model
    var (trainable, frozen) = (0, 0)
    for (index, layer) in model.layers.enumerated()
    where !(layer.op.base is any InputNormalizing) {
      for parameter in model.parameters(of: index) {
        if layer.frozen.contains(parameter.role) {
          frozen += parameter.elementCount
        } else {
          trainable += parameter.elementCount
        }
      }
    }
    let multiplyAdds = model.layers.reduce(0) {
      $0 + $1.op.base.multiplyAdds(of: model.operandShapes(of: $1))
    }
    #expect(trainable == figures.trainable)
    #expect(frozen == figures.frozen)
    #expect(multiplyAdds == figures.multiplyAdds)
  }
}
