import Lowering

// In evaluation a factor and an offset for each channel.
extension BatchNorm: InferenceOperation {}
extension Normalize: InferenceOperation {}
extension ScaleShift: InferenceOperation {}
