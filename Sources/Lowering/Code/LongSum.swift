/// How the generated C makes sums over the batch and its images: in parts, each one number after
/// the other, and the parts with what rounding took from them. A part's error grows with its own
/// length alone, and that of all parts together is of one addition (Kahan, 1965).
package enum LongSum {
  /// The numbers of the longest part, a lane: fewer would be more exact, and cost more than a
  /// hundredth of a kernel's time.
  package static let part = 256
  /// The same of sums of which a tile is in registers, which all have to be stored after a part: an
  /// image of 32 x 32.
  package static let partOfTile = 1024
}
