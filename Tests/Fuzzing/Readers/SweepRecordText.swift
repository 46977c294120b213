import FoundationEssentials

@testable import Runner

extension SweepRecord {
  /// The record in a sweep's folder that these bytes are, and what is made of it.
  static func fuzzed(_ bytes: [UInt8]) -> SweepRecord? {
    guard let record = try? JSONDecoder().decode(SweepRecord.self, from: Data(bytes)) else {
      return nil
    }
    _ = record.isSound
    return record
  }
}
