import Diagnostics

/// How a network is frozen, beside its plan.
package struct FrozenOptions: Hashable, Sendable {
  /// What everything in C begins with.
  package var name: FrozenName
  /// What its files are called, before `.c`, `.h` and the like.
  package var stem: String
  /// Examples a call.
  package var batch = 1
  /// What comes out.
  package var output = Output.logits
  /// Where the weights are.
  package var weights = Weights.embed
  /// What the data call the classes; empty where they do not.
  package var classNames: [String] = []
  /// What is known of the network, a sentence or more each: its weights' file, its metrics.
  package var facts: [String] = []

  /// - Throws: `Failure` where a file of such a name cannot be included, or hides a header of C's own.
  package init(name: FrozenName, stem: String) throws(Failure) {
    self.name = name
    self.stem = stem
    guard !stem.isEmpty, stem.utf8.allSatisfy(Self.isPlain) else {
      throw Failure(
        "'\(stem.prefix(64))' is no name for a file that C includes",
        help: "letters, digits, _, - and . make one")
    }
    guard !FrozenName.headers.contains(stem.lowercased()) else {
      throw Failure(
        "\(stem).h is a header of C's own, which the network's would hide",
        help: "give the file another name, such as -o net.c")
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    FrozenName.isWord(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  /// What comes out.
  package enum Output: String, Hashable, Sendable, CaseIterable {
    /// What the model's losses read.
    case logits
    /// The softmax of that where the loss is a softmax cross entropy; the sigmoid of logits.
    case softmax
  }

  /// Where the weights are.
  package enum Weights: String, Hashable, Sendable, CaseIterable {
    /// Among the constants of the C.
    case embed
    /// The same, in a section of their own that a linker script places.
    case section
    /// In a file beside the C, which the caller loads.
    case file
  }
}

/// A name that is safe in front of every name in C and C++, and as a file's stem.
package struct FrozenName: Hashable, Sendable {
  package let text: String

  /// Headers that a file beside the C would hide.
  fileprivate static let headers: Set<String> = [
    "assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits",
    "locale",
    "math", "setjmp", "signal", "stdalign", "stdarg", "stdatomic", "stdbool", "stddef", "stdint",
    "stdio", "stdlib", "stdnoreturn", "string", "tgmath", "threads", "time", "uchar", "wchar",
    "wctype",
  ]

  /// - Throws: `Failure` where `text` is no name in C, or one that C, C++ or the network's own names
  ///   take.
  package init(_ text: String) throws(Failure) {
    let isName =
      !text.isEmpty && text.utf8.count <= 64
      && text.utf8.allSatisfy(Self.isWord) && text.first?.isLetter == true
    let help = "--name NAME gives another one, such as --name net"
    guard isName else {
      throw Failure(
        "'\(text.prefix(64))' cannot begin names in C: those have letters, digits and _, a letter first, "
          + "64 at most", help: help)
    }
    guard !text.contains("__"), !text.hasSuffix("_") else {
      throw Failure(
        "'\(text)' makes names with two _ in turn, which C++ keeps to itself", help: help)
    }
    // `k_run` may be a layer's kernel.
    guard
      !["k", "b", "g", "k_", "b_", "g_"].contains(where: {
        text == $0 || $0.count == 2 && text.hasPrefix($0)
      })
    else {
      throw Failure("'\(text)' begins as the names of the network's own layers do", help: help)
    }
    self.text = text
  }

  /// Whether a byte is a letter, a digit or _.
  fileprivate static func isWord(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
  }

  /// What macros begin with.
  var macro: String { text.uppercased() }
}
