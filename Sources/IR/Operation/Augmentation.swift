/// Changes an example of an input in training, drawn anew in each epoch: of a row of the data the same
/// in any batch, for any number of threads and on any machine. The result has the operand's shape; in
/// evaluation it is the operand. The gradient of the operand is that of the result.
package protocol Augmentation: RandomOperation {
  /// Which of the model's augmentations it is, which sets its draws apart from those of the others.
  var stream: Int { get set }
  /// Whether it moves numbers to other places, so that a target with something for each place has
  /// to move with them.
  var movesPlaces: Bool { get }
  /// The same for a target of classes, between two of which there is none.
  var ofClasses: any Augmentation { get }
}

/// Mixes each example with another of its batch, and so what the losses are taken against: a share of
/// the loss against its own targets, the rest against the other one's. The other one is as far from the
/// end of the batch as it is from the beginning.
package protocol MixingAugmentation: Augmentation {
  /// The share that an example keeps, the same for all of a step.
  func share(_ draw: RandomDraw) -> Double
}

extension Augmentation {
  package var ofClasses: any Augmentation { self }

  /// The third number of the counter of its draws, which no layer has.
  package var streamCounter: UInt32 { 1 << 31 | UInt32(truncatingIfNeeded: stream) }
}

extension Model {
  /// Whether a training draws by epochs and rows of the data.
  package var augments: Bool { layers.contains { $0.op.base is any Augmentation } }

  /// The value before the augmentations that made `value`.
  package func beforeAugmentation(_ value: ValueID) -> ValueID {
    var value = value
    while let index = value.layer, layers[index].op.base is any Augmentation {
      value = layers[index].operands[0]
    }
    return value
  }
}
