import Foundation
import Runner

/// Standard error. What cannot be written there cannot be reported anywhere.
enum StandardError {
  static func write(_ text: String) {
    if Terminal.isSilent { return }
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
