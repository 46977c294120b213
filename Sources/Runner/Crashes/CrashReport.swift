import Diagnostics
import Glibc
import PluginABI

/// What a process says where the compiled code of a network crashes: the layer and its kernel, whom to
/// tell, and what a training can go on from. It ends with 1, as after any other failure.
///
/// A crash elsewhere, in Swift or in a library that Swift called, does what it did before.
package enum CrashReport {
  /// Installs the handlers; `help` is what to do about a crash, one line. The calling thread is the
  /// main one.
  package static func install(help: String) {
    // Text for a handler is never freed: it may run at any moment.
    bnc_crash_install(strdup(help.escapingControls))
  }

  /// Whether crashes are told: a library that a program of another kind loads leaves them alone.
  static var isInstalled: Bool { bnc_crash_is_installed() != 0 }

  /// What else is said, one line: `note`, or `other` where there is no file at `path`.
  package static func setNote(_ note: String, where path: String? = nil, else other: String = "") {
    func line(_ text: String) -> UnsafeMutablePointer<CChar>? {
      strdup(text.escapingControls + "\n")
    }
    bnc_crash_note(path.flatMap { strdup($0) }, line(note), line(other))
  }
}
