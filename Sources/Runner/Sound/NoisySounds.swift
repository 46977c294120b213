import Diagnostics
import Synchronization

/// The sounds of a training as its epochs see them: some with noise, what the network reads made anew
/// of each of these when a step asks for it.
///
/// The files are read again each time, and not kept: the 85,000 sounds of Speech Commands are 2.7 GB,
/// which the system keeps for all programs where there is room, and reading one is a small part of what
/// making features of it costs. What a step reads is made just before it, on all threads, so that a
/// training that goes on in the middle of an epoch makes nothing twice, and none waits for an epoch.
struct NoisySounds {
  private let noise: BackgroundNoise
  private let recordings: [[Float]]
  private let lengths: [Int]
  private let sounds: SoundFiles
  private let frontEnd: SoundFrontEnd
  private let seed: UInt64
  private let clean: Examples
  /// As many rows as `clean` has, so that each is the same row of the data: those of the last step are
  /// what that step reads.
  private let noisy: Tensor
  private let examples: Examples

  /// nil where a training of `network` adds no noise.
  ///
  /// - Throws: a failure where there are no sounds or no recordings.
  init?(_ network: PluginDescription, _ dataset: Dataset, seed: UInt64) throws {
    guard let noise = network.inputs.first?.background, noise.frequency > 0 else { return nil }
    guard let sounds = dataset.training.sounds else {
      throw Failure(
        "holds no sounds but what was made of some, and 'augment background' is for sounds",
        path: dataset.name,
        help: "class folders of WAV files hold sounds; or leave 'augment background' out")
    }
    guard let background = dataset.background else {
      throw Failure("comes without recordings of background noise", path: dataset.name)
    }
    (self.noise, self.sounds, self.seed) = (noise, sounds, seed)
    recordings = background.recordings
    lengths = recordings.map(\.count)
    frontEnd = SoundFrontEnd(sounds.features)
    clean = dataset.training
    let input = clean.inputs[0]
    noisy = Tensor(
      shape: input.shape, type: input.type,
      memory: try AlignedMemory(
        byteCount: input.count * input.type.size, purpose: "sounds with background noise"))
    examples = Examples(clean, input: noisy)
  }

  /// The examples of the training, of which `chosen` are as epoch `epoch` sees them.
  ///
  /// - Throws: a failure that names a file that can be read no longer.
  func examples(
    _ chosen: some RandomAccessCollection<UInt32> & Sendable, epoch: Int, pool: ThreadPool
  ) throws -> Examples {
    let failures = Mutex<[Int: any Error]>([:])
    pool.forEach(chosen.count) { index in
      let place = chosen.index(chosen.startIndex, offsetBy: index)
      do {
        try make(row: clean.row(of: Int(chosen[place])), epoch: epoch)
      } catch {
        failures.withLock { $0[index] = error }
      }
    }
    let failed = failures.withLock { $0 }
    if let first = failed.keys.min(), let failure = failed[first] { throw failure }
    return examples
  }

  /// Makes what the network reads of row `row` of the data.
  private func make(row: Int, epoch: Int) throws {
    let (type, input) = (noisy.type, clean.inputs[0])
    let size = input.count / max(input.shape[0], 1)
    let piece = noise.piece(
      seed: seed, epoch: epoch, row: row, recordings: lengths, length: sounds.features.length)
    guard let piece else {
      let bytes = row * size * type.size..<(row + 1) * size * type.size
      UnsafeMutableRawBufferPointer(rebasing: noisy.memory.bytes[bytes])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: input.bytes[bytes]))
      return
    }
    type.store(frontEnd(try sound(row, with: piece)), in: noisy.memory.bytes, at: row * size)
  }

  /// The samples of row `row` with a piece of noise, where they end and silence follows too.
  private func sound(_ row: Int, with piece: BackgroundNoise.Piece) throws -> [Float] {
    let samples: [Float]
    do {
      samples = try WAV(sounds.paths[row], rate: sounds.features.rate).samples
    } catch let failure as Failure {
      throw Failure(
        failure.what, path: failure.path,
        help: failure.help
          ?? "a training with background noise reads its sounds anew in each epoch: leave them there"
      )
    }
    let (recording, volume) = (recordings[piece.recording], Float(piece.volume))
    return (0..<sounds.features.length).map { index in
      let sample = index < samples.count ? samples[index] : 0
      return min(max(sample + volume * recording[piece.start + index], -1), 1)
    }
  }
}
