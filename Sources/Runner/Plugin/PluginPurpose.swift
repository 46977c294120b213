extension PluginDescription {
  /// What the plugin was compiled for, to follow "compiled".
  package var purpose: String {
    infers ? "for inference" : hasGradient ? "for inspection" : "for training"
  }
}
