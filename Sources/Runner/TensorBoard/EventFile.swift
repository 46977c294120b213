import Diagnostics
import Files
import Glibc

/// A file of events as TensorBoard reads them: TFRecord, each record an `Event` of
/// tensorflow/core/util/event.proto. Whoever reads it while it grows finds whole records.
struct EventFile {
  private let file: AppendedFile
  private let now: @Sendable () -> Double

  /// Something under the name that TensorBoard shows.
  typealias Named = (tag: String, value: SummaryValue)

  /// Starts a file in `folder`, under a name that says when and by which process.
  ///
  /// - Parameter now: Seconds since 1970.
  /// - Throws: a failure that names what cannot be written.
  init(in folder: String, now: @escaping @Sendable () -> Double = { wallTime() }) throws {
    try Folder.make(folder, help: "name a folder that can be written with --tensorboard")
    self.now = now
    let name = "events.out.tfevents.\(Int(now())).bnc.\(getpid())"
    let version = Self.event(at: now(), step: 0) { $0.add(3, "brain.Event:2") }
    file = try AppendedFile("\(folder)/\(name)", start: Self.record(version.bytes))
  }

  /// Appends what there is to show of a step, here an epoch.
  func append(_ values: [Named], step: Int) throws {
    var summary = ProtobufMessage()
    for named in values { summary.add(1, named.value.message(tag: named.tag)) }
    let event = Self.event(at: now(), step: step) { $0.add(5, summary) }
    try file.append(Self.record(event.bytes))
  }

  private static func event(
    at time: Double, step: Int, _ content: (inout ProtobufMessage) -> Void
  ) -> ProtobufMessage {
    var event = ProtobufMessage()
    event.add(1, time)
    event.add(2, step)
    content(&event)
    return event
  }

  /// The length, its checksum, the data, theirs.
  static func record(_ data: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(data.count))
    return length + littleEndian(CRC32C.masked(length)) + data
      + littleEndian(CRC32C.masked(data))
  }
}

/// Seconds since 1970.
private func wallTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
