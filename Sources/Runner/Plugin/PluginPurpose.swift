extension PluginDescription {
  /// What the plugin was compiled for, to follow "compiled".
  package var purpose: String {
    infers
      ? "for inference"
      : preparesEvaluation ? "for evaluation" : hasGradient ? "for inspection" : "for training"
  }
}
