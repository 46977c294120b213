import Diagnostics
import Glibc
import Measure

/// What `Tests/Fuzzing/run` starts: libFuzzer has the loop, and BNC_FUZZ_READER says what is fuzzed.
enum Program {
  /// What is fuzzed, where its inputs are written, and what the runs came to.
  nonisolated(unsafe) static var reader = FuzzedReader.all[0]
  nonisolated(unsafe) static var file: FuzzedFile?
  nonisolated(unsafe) static var record: UnsafeMutablePointer<measure_record>?
  private static let memoryLimit = (perByte: 20, always: 64 << 20)
  private static let mostNanoseconds = 1_000_000_000

  /// Makes ready; without a reader it says which there are, and the sizes of their inputs.
  static func start() throws {
    guard let name = getenv("BNC_FUZZ_READER"),
      let reader = FuzzedReader.named(String(cString: name))
    else {
      for reader in FuzzedReader.all { print(reader.name, reader.largest) }
      exit(0)
    }
    Self.reader = reader
    file = try FuzzedFile()
    record = measure_open(getenv("BNC_FUZZ_RECORD"))
    if let path = getenv("BNC_FUZZ_CHECKPOINT") {
      try FuzzedTraining.shared.get().write(to: String(cString: path))
      exit(0)
    }
  }

  /// One input. The process ends where the reader breaks what it promises.
  static func run(_ input: UnsafeRawBufferPointer) -> Int32 {
    guard let file, let record else { return -1 }
    if GzipInput.inflatesTooFar(input) {
      record.pointee.skipped += 1
      return -1
    }
    record.pointee.runs += 1
    measure_start()
    do {
      try reader.read(input, file)
      record.pointee.accepted += 1
    } catch let failure as Failure {
      precondition(!failure.description.isEmpty)
    } catch {
      fatalError("the reader throws \(type(of: error)), which is no Failure: \(error)")
    }
    judge(input.count, nanoseconds: measure_time(), memory: measure_memory(), record)
    return 0
  }

  private static func judge(
    _ size: Int, nanoseconds: UInt64, memory: UInt64,
    _ record: UnsafeMutablePointer<measure_record>
  ) {
    if nanoseconds > record.pointee.slowest {
      (record.pointee.slowest, record.pointee.slowest_size) = (nanoseconds, UInt64(size))
    }
    if memory > record.pointee.most_memory {
      (record.pointee.most_memory, record.pointee.most_memory_size) = (memory, UInt64(size))
    }
    let most = UInt64(memoryLimit.perByte * size + memoryLimit.always)
    record.pointee.nearest = max(record.pointee.nearest, memory * 1000 / most)
    guard memory <= most else {
      fatalError("takes \(memory) bytes of memory for an input of \(size), and \(most) are allowed")
    }
    guard nanoseconds <= mostNanoseconds else {
      fatalError(
        "takes \(nanoseconds / 1_000_000) ms for an input of \(size), and 1000 are allowed")
    }
  }
}

/// libFuzzer's beginning.
@_cdecl("LLVMFuzzerInitialize")
public func startFuzzing(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?)
  -> CInt
{
  do {
    try Program.start()
    return 0
  } catch {
    fatalError("\(error)")
  }
}

/// libFuzzer's next input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafeRawPointer?, _ size: Int) -> CInt {
  Program.run(UnsafeRawBufferPointer(start: data, count: size))
}
