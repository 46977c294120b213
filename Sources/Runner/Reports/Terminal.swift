import Diagnostics
import Glibc
import Synchronization

/// What standard output is connected to.
package enum Terminal {
  /// Whether nothing is written to standard error, by one of several processes of which another tells
  /// all. What a crash or a failure says is written all the same.
  package static var isSilent: Bool {
    get { silence.load(ordering: .relaxed) }
    set { silence.store(newValue, ordering: .relaxed) }
  }

  private static let silence = Atomic<Bool>(false)

  /// The width of the terminal on standard output, or nil where there is none that can rewrite a
  /// line.
  package static var columns: Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    if let kind = getenv("TERM"), String(cString: kind) == "dumb" { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whether the user's text is UTF-8, as the first of the three variables that is set says.
  package static var isUnicode: Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = getenv(name), value.pointee != 0 else { continue }
      let locale = String(cString: value).uppercased()
      return locale.contains("UTF-8") || locale.contains("UTF8")
    }
    return false
  }

  /// Writes to standard output at once: whoever reads a pipe wants an epoch's line when it ends.
  package static func write(_ text: String) {
    print(text, terminator: "")
    fflush(nil)
  }

  /// Writes a line to standard error, fit for a terminal whatever file it quotes.
  package static func writeError(_ line: String) {
    if isSilent { return }
    fflush(nil)
    var text = Array((line.escapingControls + "\n").utf8)[...]
    while !text.isEmpty {
      let count = text.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      text = text.dropFirst(count)
    }
  }
}
