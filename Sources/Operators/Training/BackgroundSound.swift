import IR

extension Definition<TrainingAugmentation> {
  /// `augment background(frequency: 0.8, volume: 0.1)`: as Speech Commands' training has it (Warden,
  /// "Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition", 2018).
  ///
  ///     y[k] = clip(x[k] + v * noise[offset + k], -1, 1),  v uniform from 0 to volume
  package static var background: Self {
    let frequency = Key.real(
      "frequency", atLeast: 0, atMost: 1, default: 0.8, "the part of the sounds that get a piece")
    let volume = Key.real(
      "volume", atLeast: 1e-30, atMost: 1, default: 0.1,
      "what a piece is multiplied by, at most: any number from 0 to it is as likely")
    return Definition(
      "background",
      "a piece of a recording of noise added to some of the sounds, before 'data' makes anything of them",
      keyed: [frequency.parameter, volume.parameter]
    ) { arguments throws(ArgumentError) in
      let (often, loud) = (try arguments.value(frequency), try arguments.value(volume))
      return TrainingAugmentation(
        BackgroundNoise(
          "background", [AttributeValue(frequency, often), AttributeValue(volume, loud)],
          frequency: often, volume: loud))
    }
  }
}
