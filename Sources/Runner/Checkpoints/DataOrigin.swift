extension Trainer {
  /// What a checkpoint says of the data that a training goes on with: how many examples each part has,
  /// what took the validation part off, and last, for where all of that is the same, their checksums.
  static func origin(of dataset: Dataset) -> [CheckpointHeader.Origin] {
    let parts: [(key: String, verb: String, examples: Examples?)] = [
      ("training", "train", dataset.training),
      ("validation", "validate", dataset.validation),
      ("test", "test", dataset.test),
    ]
    var origin = parts.map { part in
      CheckpointHeader.Origin(
        key: "bnc.\(part.key)_examples", words: "number of examples to \(part.verb) on",
        value: "\(part.examples?.count ?? 0)")
    }
    origin.append(
      .init(
        key: "bnc.validation", words: "--validation",
        value: dataset.split.map {
          "\($0.share)" + ($0.isStratified ? " --stratified" : "")
        } ?? "none"))
    if let background = dataset.background {
      origin.append(
        .init(
          key: "bnc.background", words: "background noise",
          value: "\(background.count) recordings of \(background.samples) samples"))
      origin.append(
        .init(
          key: "bnc.background_checksum", words: "checksum of the background noise",
          value: String(background.checksum(), radix: 16)))
    }
    for part in parts where part.key != "test" || dataset.hasOwnTest {
      guard let examples = part.examples else { continue }
      origin.append(
        .init(
          key: "bnc.\(part.key)_checksum", words: "checksum of the examples to \(part.verb) on",
          value: String(examples.checksum(), radix: 16)))
    }
    return origin
  }
}
