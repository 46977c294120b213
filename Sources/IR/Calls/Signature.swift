/// How something is called in a model file: its word and what it takes.
package struct Signature: Hashable, Sendable {
  /// The word.
  package let keyword: String
  /// What it is, a clause.
  package let summary: String
  /// The values that it reads, by what they are to it; the first is what is piped into it.
  package let operands: [String]
  /// Whether more values may follow them.
  package let takesMore: Bool
  /// What comes first, by place; its key may be written too.
  package let positional: [Parameter]
  /// What is given by key only.
  package let keyed: [Parameter]
  /// What stands for the word between two operands: `+`.
  package let symbol: String?

  /// A call of `keyword`.
  package init(
    _ keyword: String, _ summary: String, operands: [String] = ["x"],
    takesMore: Bool = false, positional: [Parameter] = [], keyed: [Parameter] = [],
    symbol: String? = nil
  ) {
    self.symbol = symbol
    self.keyword = keyword
    self.summary = summary
    self.operands = operands
    self.takesMore = takesMore
    self.positional = positional
    self.keyed = keyed
  }

  /// All of them.
  package var parameters: [Parameter] { positional + keyed }

  /// `conv(channels, kernel: ..., stride: 1)`
  package var usage: String {
    let arguments =
      (operands.count > 1 ? operands : []) + (takesMore ? ["..."] : [])
      + positional.map { $0.fallback == nil ? $0.name : "\($0.name): \($0.fallback ?? "")" }
      + keyed.map { "\($0.name): \($0.fallback ?? "...")" }
    return arguments.isEmpty ? keyword : "\(keyword)(\(arguments.joined(separator: ", ")))"
  }

  /// The same with nothing but what must be given: `conv(channels, kernel: ...)`
  package var shortUsage: String {
    let arguments =
      (operands.count > 1 ? operands : [])
      + positional.filter { $0.fallback == nil }.map(\.name)
      + keyed.filter { $0.fallback == nil }.map { "\($0.name): ..." }
    return arguments.isEmpty ? keyword : "\(keyword)(\(arguments.joined(separator: ", ")))"
  }
}

/// A signature, and what a call of it makes: what the checker, did-you-mean, `bnc explain` and the
/// language's reference all read.
package struct Definition<Made>: Sendable {
  /// How it is called.
  package let signature: Signature
  /// What a call makes of its arguments.
  package let make: @Sendable (Arguments) throws(ArgumentError) -> Made

  package init(
    _ signature: Signature, make: @escaping @Sendable (Arguments) throws(ArgumentError) -> Made
  ) {
    self.signature = signature
    self.make = make
  }

  package init(
    _ keyword: String, _ summary: String, positional: [Parameter] = [], keyed: [Parameter] = [],
    make: @escaping @Sendable (Arguments) throws(ArgumentError) -> Made
  ) {
    self.init(Signature(keyword, summary, positional: positional, keyed: keyed), make: make)
  }

  /// The same call, of which `change` makes something else.
  package func map<Other>(
    _ change: @escaping @Sendable (Made) -> Other
  ) -> Definition<Other> {
    Definition<Other>(signature) { [make] arguments throws(ArgumentError) in
      change(try make(arguments))
    }
  }
}

extension Array {
  /// The row of the table for `keyword`.
  package func definition<Made>(of keyword: String) -> Definition<Made>?
  where Element == Definition<Made> {
    first { $0.signature.keyword == keyword }
  }

  /// The words of the table.
  package func keywords<Made>() -> [String] where Element == Definition<Made> {
    map(\.signature.keyword)
  }
}
