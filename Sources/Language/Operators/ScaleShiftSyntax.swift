import IR

/// `scale_shift`
enum ScaleShiftSyntax {
  static let definition = Definition<Op>(
    ScaleShift.keyword,
    "a learned factor and offset for each channel: the second half of batchnorm"
  ) { _ in .scaleShift(ScaleShift()) }
}
