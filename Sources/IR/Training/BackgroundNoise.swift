/// `augment background(frequency: 0.8, volume: 0.1)`: pieces of recordings of noise that a host adds to
/// some of the sounds that it trains on, before it makes anything of them.
package struct BackgroundNoise: Hashable, Sendable {
  /// The word in a model file.
  package let keyword: String
  /// The attributes with their values.
  package let attributes: [AttributeValue]
  /// The part of the sounds that get a piece, from 0 to 1.
  package let frequency: Double
  /// What a piece is multiplied by at most, above 0 and at most 1.
  package let volume: Double

  package init(
    _ keyword: String, _ attributes: [AttributeValue], frequency: Double, volume: Double
  ) {
    (self.keyword, self.attributes) = (keyword, attributes)
    (self.frequency, self.volume) = (frequency, volume)
  }
}

/// What an `augment` of a training block says: an operation of the network's step, or what a host does
/// to sounds before the network sees anything of them.
package struct TrainingAugmentation: Sendable {
  /// An operation on inputs.
  package var operation: (any Augmentation)?
  /// What is added to sounds.
  package var background: BackgroundNoise?

  package init(_ operation: any Augmentation) { self.operation = operation }

  package init(_ background: BackgroundNoise) { self.background = background }
}
