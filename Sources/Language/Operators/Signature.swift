/// How something is called in a model file: its word and what it takes.
package struct Signature: Hashable, Sendable {
  /// The word.
  package let keyword: String
  /// What it is, a clause.
  package let summary: String
  /// What comes first, by place; its key may be written too.
  package let positional: [Parameter]
  /// What is given by key only.
  package let keyed: [Parameter]

  /// All of them.
  package var parameters: [Parameter] { positional + keyed }

  /// `conv(channels, kernel: ..., stride: 1)`
  package var usage: String {
    let arguments =
      positional.map { $0.fallback == nil ? $0.name : "\($0.name): \($0.fallback ?? "")" }
      + keyed.map { "\($0.name): \($0.fallback ?? "...")" }
    return arguments.isEmpty ? keyword : "\(keyword)(\(arguments.joined(separator: ", ")))"
  }
}

/// A signature, and what a call of it makes: one row of a table that the checker, did-you-mean and
/// `bnc explain` all read.
struct Definition<Made>: Sendable {
  /// How it is called.
  let signature: Signature
  /// What a call makes of its arguments.
  let make: @Sendable (Arguments) throws(ArgumentError) -> Made

  init(
    _ keyword: String, _ summary: String, positional: [Parameter] = [], keyed: [Parameter] = [],
    make: @escaping @Sendable (Arguments) throws(ArgumentError) -> Made
  ) {
    self.signature = Signature(
      keyword: keyword, summary: summary, positional: positional, keyed: keyed)
    self.make = make
  }
}

extension Array {
  /// The row of the table for `keyword`.
  func definition<Made>(of keyword: String) -> Definition<Made>? where Element == Definition<Made> {
    first { $0.signature.keyword == keyword }
  }

  /// The words of the table.
  func keywords<Made>() -> [String] where Element == Definition<Made> { map(\.signature.keyword) }
}
