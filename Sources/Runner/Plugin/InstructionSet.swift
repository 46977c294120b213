import PluginABI

/// The instructions that a plugin uses, or that a processor has.
package struct InstructionSet: OptionSet, Hashable, Sendable, CustomStringConvertible {
  /// The bits, as in the plugin's table.
  package let rawValue: UInt64

  /// A set from a table's bits.
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// SSE2, which every x86-64 has.
  package static let sse2 = InstructionSet(rawValue: UInt64(BNC_SSE2))
  /// AVX2 with FMA: x86-64-v3.
  package static let avx2 = InstructionSet(rawValue: UInt64(BNC_AVX2))
  /// AVX-512 F, BW, CD, DQ and VL: x86-64-v4.
  package static let avx512 = InstructionSet(rawValue: UInt64(BNC_AVX512))
  /// Arm's vectors.
  package static let neon = InstructionSet(rawValue: UInt64(BNC_NEON))

  /// What this processor has and this operating system saves.
  package static let current = InstructionSet(rawValue: bnc_instruction_set())

  /// The names, joined: "SSE2, AVX2"; bits without a name by their number.
  package var description: String {
    let named: [(InstructionSet, String)] = [
      (.sse2, "SSE2"), (.avx2, "AVX2"), (.avx512, "AVX-512"), (.neon, "NEON"),
    ]
    var names = named.filter { contains($0.0) }.map(\.1)
    let rest = subtracting([.sse2, .avx2, .avx512, .neon])
    if !rest.isEmpty { names.append("unknown bits \(rest.rawValue)") }
    return names.isEmpty ? "no vectors" : names.joined(separator: ", ")
  }
}
