extension PluginDescription {
  /// What the plugin was compiled for, to follow "compiled".
  package var purpose: String {
    infers ? "for inference" : hasGradient ? "to lay a step open" : "for training"
  }
}
