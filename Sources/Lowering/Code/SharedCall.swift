/// A kernel's call of a shared function, without what it reads and writes.
package struct SharedCall: Hashable, Sendable {
  /// What sizes begin with in C.
  static let sizePrefix = "g_"

  let function: String
  /// Of each argument what is the same for every task and every kernel that makes the call; nil where
  /// it is the kernel's own.
  let constants: [String?]

  init(_ function: String, _ arguments: [String]) {
    self.function = function
    constants = arguments.map { Self.isConstant($0) ? $0 : nil }
  }

  /// The sizes that it is for, by their name in C.
  var sizes: String? {
    constants.compactMap(\.self).first { $0.hasPrefix(Self.sizePrefix) }
  }

  /// Whether an argument is made of numbers and sizes alone.
  private static func isConstant(_ argument: String) -> Bool {
    CText.identifiers(of: argument).allSatisfy { word in
      word.first?.isNumber == true || word.hasPrefix(sizePrefix)
        || ["struct", "pieces", "pitch", "real", "INFINITY"].contains(word)
    }
  }
}

/// A shared function for the constants of some kernels.
struct SpecializedFunction: SharedFunction {
  var template: String { "Shared/specialized.c.mustache" }
  let stem: String
  var name = ""
  let callee, layer, parameters, arguments: String

  /// - Parameters:
  ///   - sizes: The name of those that the call is for.
  ///   - parameters: Those of the function that is called.
  init(_ call: SharedCall, sizes: String, parameters: [CParameter]) {
    let places = zip(parameters, call.constants)
    callee = call.function
    layer = String(sizes.dropFirst(SharedCall.sizePrefix.count))
    stem = "\(callee)_of_\(layer)"
    self.parameters = places.filter { $1 == nil }.map(\.0.declaration).joined(separator: ", ")
    arguments = places.map { $1 ?? $0.name }.joined(separator: ", ")
  }
}
