/// What a training block does to the data: a factor for numbers on their way in, or an operation
/// that stands before all that reads an input.
package struct DataTransform: Hashable, Sendable {
  /// What each byte is multiplied by; nil where nothing is said of that.
  package var scale: Double?
  /// Whether numbers that are not bytes are multiplied by it too.
  package var scalesReals = false
  /// What is done to each input first; its parameters are frozen.
  package var operation: AnyOperation?
  /// What is made of sound.
  package var sound: SoundPreparation?

  /// What images of any size are brought to.
  package var imageSize: ImageSize?

  /// A factor.
  package init(scale: Double, ofReals scalesReals: Bool) {
    self.scale = scale
    self.scalesReals = scalesReals
  }

  /// What is made of sound.
  package init(_ sound: SoundPreparation) { self.sound = sound }

  /// A size that images are brought to.
  package init(_ imageSize: ImageSize) { self.imageSize = imageSize }

  /// An operation on each input.
  package init(_ operation: any InputNormalizing) { self.operation = AnyOperation(operation) }
}
