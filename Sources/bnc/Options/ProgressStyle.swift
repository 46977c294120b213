import ArgumentParser
import Runner

/// How training shows its progress.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
  case auto, bar, plain, json, none

  /// What `auto` means here: a bar on a terminal, lines elsewhere.
  var resolved: ProgressStyle {
    self == .auto ? (Terminal.columns == nil ? .plain : .bar) : self
  }
}
