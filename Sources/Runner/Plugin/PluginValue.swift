import Diagnostics
import PluginABI

/// An input, a target or an output of a plugin.
package struct PluginValue: Hashable, Sendable {
  /// Its name in the model.
  package let name: String
  /// One example's: [channels, height, width] or [features]; of classes their positions, and empty
  /// where there is one.
  package let shape: [Int]
  /// The number of classes, or nil where it is real values.
  package let classes: Int?
  /// A class that does not count, of a target that has one: a label may be it though it is none of
  /// the classes.
  package let ignored: Int?
  /// What bytes are multiplied by on their way in.
  package let scale: Double
  /// Whether it can be given as bytes.
  package let takesBytes: Bool
  /// Whether real values are multiplied by `scale` too.
  package let scalesReals: Bool
  /// The layer whose gamma and beta normalize the input, or nil.
  package let normalization: Int?
  /// What is made of sound for it, or nil.
  package let sound: SoundFeatures?
  /// The noise that is added to the sounds of a training, or nil.
  package let background: BackgroundNoise?
  /// Whether images of another size are brought to its own.
  package let resizes: Bool

  /// Numbers of one example.
  package var count: Int { shape.reduce(1, *) }

  /// Reads a row of a plugin's table.
  ///
  /// - Throws: a failure without a path when the row makes no sense.
  init(_ row: bnc_value, in memory: PluginMemory, _ what: String) throws {
    guard row.name != nil else { throw Failure("has an \(what) without a name") }
    name = try memory.text(row.name, "\(what)'s name")
    shape = try axes(row.shape, rank: row.rank, of: "\(what) '\(name)'")
    guard row.classes <= UInt32(Int32.max) else {
      throw Failure("has \(row.classes) classes, which cannot be")
    }
    classes = row.classes == 0 ? nil : Int(row.classes)
    ignored = row.ignored == 0 ? nil : Int(Int32(bitPattern: row.ignored ^ 1 << 31))
    guard row.scale.isFinite else {
      throw Failure("multiplies \(what) '\(name)' by \(row.scale)")
    }
    scale = row.scale
    scalesReals = row.scales_reals != 0
    normalization = row.normalization == 0 ? nil : Int(row.normalization) - 1
    let front = try memory.row(row.sound, "sound front ends")
    sound = try front.map { try SoundFeatures($0) }
    if let sound, sound.shape != shape, [1] + sound.shape != shape {
      throw Failure("has an input '\(name)' of another shape than what is made of sound for it")
    }
    background = try front.flatMap { try BackgroundNoise($0) }
    resizes = row.resizes != 0
    takesBytes = row.element_types & 1 << UInt32(BNC_UINT8) != 0
    guard what != "input" || row.element_types & 1 << UInt32(BNC_REAL) != 0 else {
      throw Failure("has an input '\(name)' of a type that is not known here")
    }
  }
}

/// The lengths of `rank` axes, checked.
func axes(
  _ lengths: (Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64), rank: Int32,
  of what: String
) throws -> [Int] {
  guard (0...Int32(BNC_MAX_RANK)).contains(rank) else {
    throw Failure("has \(what) of rank \(rank)")
  }
  let all = [
    lengths.0, lengths.1, lengths.2, lengths.3, lengths.4, lengths.5, lengths.6, lengths.7,
  ]
  let shape = all.prefix(Int(rank)).map(Int.init)
  guard shape.allSatisfy({ $0 > 0 }), let count = checkedCount(shape), count <= 1 << 40 else {
    throw Failure("has \(what) of the impossible shape \(describe(shape: shape))")
  }
  return shape
}
