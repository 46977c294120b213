import Diagnostics
import PluginABI

/// One named tensor of a plugin: where it lies, and how it starts.
package struct PluginTensor: Sendable {
  /// What a tensor is to its network.
  package enum Role: Int32, Sendable {
    case weight, bias, gamma, beta, runningMean, runningVariance, seen, value, valueGradient
    case batchMean, batchVariance, slot, other, average

    /// Whether there is one for each example of a batch.
    package var isPerExample: Bool { self == .value || self == .valueGradient }
  }

  /// The memory that a tensor lies in.
  package enum Region: Int32, Sendable { case parameters, state, scratch, slots }

  /// How a tensor starts.
  package enum Initializer: Hashable, Sendable {
    case constant(Double)
    case normal(mean: Double, deviation: Double)
    case uniform(from: Double, to: Double)
    case truncatedNormal(deviation: Double, bound: Double)
    case orthogonal(gain: Double)
    case dirac(rest: Double, groups: Int)
    case listed([Double])
    case nothing
  }

  /// The name that files use: `conv1.weight`.
  package let name: String
  /// What it is to its network.
  package let role: Role
  /// Which memory it lies in.
  package let region: Region
  /// The index of the layer that owns it, or nil.
  package let layer: Int?
  /// How many examples stand side by side; 0 for plain C order.
  package let lanes: Int
  /// The lengths of the axes; the batch is left out.
  package let shape: [Int]
  /// Bytes from the start of its region.
  package let offset: Int
  /// How it starts.
  package let initializer: Initializer

  /// How many numbers there are, for one example where there is one for each.
  package var count: Int { shape.reduce(1, *) }

  /// Bytes that the tensor takes in its region, over a batch of `batch` where there is one for each
  /// example; the last vector of lanes counts as a whole one.
  func byteCount(batch: Int, elementSize: Int) -> Int? {
    let width = max(lanes, 1)
    let examples = role.isPerExample ? (batch + width - 1) / width * width : 1
    return checkedCount(shape + [examples, elementSize])
  }

  /// Reads a row of a plugin's table.
  ///
  /// - Throws: a failure without a path when the row makes no sense.
  init(_ row: bnc_tensor, in memory: PluginMemory) throws {
    guard row.name != nil else { throw Failure("has a tensor without a name") }
    let name = try memory.text(row.name, "tensor's name")
    guard let role = Role(rawValue: row.role), let region = Region(rawValue: row.region),
      (0...64).contains(row.lanes), row.offset <= UInt64(Int.max)
    else { throw Failure("describes tensor '\(name)' in a way that is not known here") }
    self.name = name
    self.role = role
    self.region = region
    layer = row.layer < 0 ? nil : Int(row.layer)
    lanes = Int(row.lanes)
    shape = try axes(row.shape, rank: row.rank, of: "a tensor '\(name)'")
    offset = Int(row.offset)
    initializer = try Self.initializer(of: row, in: memory, name: name, shape: shape)
  }

  /// How many groups `outputs` lie in: one where the table says 0.
  private static func groups(_ count: Double, of outputs: Int, _ name: String) throws -> Int {
    guard let groups = Int(exactly: count), groups >= 0, outputs % max(groups, 1) == 0 else {
      throw Failure("starts tensor '\(name)' in groups that its outputs do not fill")
    }
    return max(groups, 1)
  }

  private static func initializer(
    of row: bnc_tensor, in memory: PluginMemory, name: String, shape: [Int]
  ) throws -> Initializer {
    let count = shape.reduce(1, *)
    return switch Int(row.initializer) {
    case BNC_CONSTANT: .constant(row.first)
    case BNC_NORMAL: .normal(mean: row.first, deviation: row.second)
    case BNC_UNIFORM: .uniform(from: row.first, to: row.second)
    case BNC_NOTHING: .nothing
    case BNC_TRUNCATED_NORMAL: .truncatedNormal(deviation: row.first, bound: row.second)
    case BNC_ORTHOGONAL: .orthogonal(gain: row.first)
    case BNC_DIRAC:
      .dirac(rest: row.first, groups: try groups(row.second, of: shape.first ?? 1, name))
    // As many as an input has channels, at most.
    case BNC_LISTED where row.values != nil && count <= 1 << 16:
      .listed(Array(try memory.rows(row.values, UInt32(count), "numbers of tensor '\(name)'")))
    default: throw Failure("starts tensor '\(name)' in a way that is not known here")
    }
  }
}
