import Diagnostics

/// What has to be the same in all processes that train one network together.
package struct ProcessAgreement {
  private var facts: [(what: String, value: String)] = []

  package init() {}

  /// Adds something: `what` it is, in words, and what it is here.
  package mutating func add(_ what: String, _ value: String) { facts.append((what, value)) }

  /// Adds what the command line decides.
  package mutating func add(_ options: Trainer.Options) {
    add("--epochs", "\(options.epochs)")
    add("--lr", "\(options.learningRate)")
    add("--seed", "\(options.seed)")
    add("--keep", options.keeps.rawValue)
    add("--metrics", options.metrics.map(\.name).joined(separator: ","))
    add("--monitor", options.monitor?.name ?? "as usual")
    add("--patience", options.patience.map { "\($0)" } ?? "none")
  }

  /// Adds the program itself: another one of the same version may shuffle or augment otherwise.
  ///
  /// - Throws: a failure where its file can be read no longer.
  package mutating func addProgram(at path: String) throws {
    add("checksum of the program bnc", try Self.checksum(ofFile: path))
  }

  private static func checksum(ofFile path: String) throws -> String {
    let file = try InputFile(path, mayBeGzipped: false)
    var checksum = Checksum()
    let piece = try AlignedMemory(byteCount: 1 << 20, purpose: "a file's bytes")
    while true {
      let count = try file.read(into: piece.bytes)
      if count == 0 { return String(checksum.value, radix: 16) }
      checksum.add(UnsafeRawBufferPointer(rebasing: piece.bytes[..<count]))
    }
  }

  /// Adds the network as it starts, and what it was compiled from and for.
  ///
  /// - Throws: a failure where the plugin can be read no longer.
  package mutating func add(_ network: Network) throws {
    let description = network.plugin.description
    add("version of bnc that wrote the plugin", description.version)
    add("model", "\(description.modelName) (hash \(description.modelHash.prefix(12)))")
    add("processor compiled for", "\(description.target), \(description.instructionSet)")
    add("checksum of the compiled code", try Self.checksum(ofFile: network.plugin.path))
    add("checksum of weights, statistics and slots", network.checksum)
  }

  /// Adds the data of a training.
  package mutating func add(_ dataset: Dataset) {
    for origin in Trainer.origin(of: dataset) { add(origin.words, origin.value) }
  }

  /// Compares all with what the other processes have.
  ///
  /// - Throws: in all processes alike, a failure that names the first that differs from the first one.
  package func check(_ processes: any ProcessGroup) throws {
    let separator: Character = "\u{1F}"
    let places = processes.gather(processes.place)
    let all = processes.gather(
      facts.map { $0.value.filter { $0 != separator } }.joined(separator: String(separator))
    )
    .map { $0.split(separator: separator, omittingEmptySubsequences: false).map(String.init) }
    for (place, values) in zip(places, all).dropFirst() {
      for (index, fact) in facts.enumerated() {
        let (found, first) = (
          values.indices.contains(index) ? values[index] : "none",
          all[0].indices.contains(index) ? all[0][index] : "none"
        )
        guard found != first else { continue }
        throw Failure(
          "\(place) is of another training: its \(fact.what) is \(found.prefix(80)), and that of "
            + "\(places[0]) is \(first.prefix(80))",
          help: "start all with one bnc, one model, one set of data and one kind of processor")
      }
    }
  }
}

extension Network {
  /// Looks whether what is learned is the same in all processes: each moves its own copy along the same
  /// gradients, and two kinds of processor may round differently.
  ///
  /// - Throws: in all processes alike, a failure that names one that has other weights.
  func checkAgreement(of processes: any ProcessGroup) throws {
    let all = processes.gather([checksumValue])
    let places = processes.gather(processes.place)
    for (place, sum) in zip(places, all) where sum != all[0] {
      throw Failure(
        "\(place) has other weights than \(places[0]) after the same steps: their processors round "
          + "differently",
        help: "start all on one kind of processor, or compile once for the least of them with "
          + "`bnc compile --target`")
    }
  }

  private var checksumValue: UInt32 {
    var checksum = Checksum()
    for memory in regions.learned { checksum.add(UnsafeRawBufferPointer(memory.bytes)) }
    return checksum.value
  }

  /// A checksum of parameters, running statistics and slots.
  var checksum: String { String(checksumValue, radix: 16) }
}
