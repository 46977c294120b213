import Diagnostics

/// What runs one batch of an evaluation at a time: a network with room for the outputs.
///
/// Between a call of `run` and its return nobody else touches it.
final class EvaluationWorker: @unchecked Sendable {
  private let network: Network
  /// Of each output those of a batch.
  let outputs: [AlignedMemory]
  /// The batch to run.
  var batch: Batch?
  private var result: Result<Network.Pass, any Error>?

  init(_ network: Network) throws {
    self.network = network
    let description = network.plugin.description
    outputs = try description.outputs.map { output in
      try AlignedMemory(
        byteCount: description.batch * output.count * description.elementType.size,
        purpose: "outputs")
    }
  }

  /// Runs the batch, on any thread.
  func run() {
    result = batch.map { batch in
      Result { try network.evaluate(batch, outputs: outputs.map(\.bytes.baseAddress)) }
    }
  }

  /// What the batch came to.
  ///
  /// - Throws: What running it threw.
  func pass() throws -> Network.Pass {
    guard let result else { fatalError("a worker was asked before it ran") }
    return try result.get()
  }
}

/// What a batch of an evaluation came to.
struct BatchResult {
  let pass: Network.Pass
  /// Of each output those of its examples.
  let outputs: [UnsafeMutableRawBufferPointer]
}
