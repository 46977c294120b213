import Diagnostics
import IR

extension Checker {
  /// `augment background(volume: 0.2)`, once.
  mutating func add(
    _ noise: BackgroundNoise, _ names: [NameSyntax], at range: SourceRange,
    to training: inout Training
  ) {
    if let first = background {
      report(.duplicateStatement("augment \(noise.keyword)", at: range, first: first.range))
      return
    }
    background = (range, names)
    training.background = noise
  }

  /// Holds the noise that is added to sounds against what the data are, and the names after `on`.
  mutating func checkBackground(_ training: Training) {
    guard let background, let noise = training.background, inputs.count == inputNames.count else {
      return
    }
    for name in background.names where !inputs.contains(where: { $0.name == name.text }) {
      report(.unknownInput(name, known: inputs.map(\.name)))
    }
    if training.sound == nil {
      report(
        .shapeMismatch(
          ShapeError(
            "\(noise.keyword) is added to sounds, and the training block has no 'data' that takes sounds",
            help:
              "'data mfcc(10)', 'data log_mel(40)' or 'data wave' says what becomes of them; numbers in "
              + "other files can be given noise by 'augment noise(0.1)'"),
          at: background.range, uses: []))
    }
  }
}
