/// What kernels share in C, a function or a type: it is written once, and takes as arguments in
/// what they differ. Two are the same where all that fills in their template is.
package protocol SharedFunction: TemplateContext, Hashable {
  /// What it is called, unless another is called so already.
  var stem: String { get }
  /// Its name in C.
  var name: String { get set }
  /// Those that it can be the same as.
  var family: String { get }
}

extension SharedFunction {
  package var family: String { stem }
}

/// The shared functions of a file, each before those that call it.
package struct SharedFunctions: Sendable {
  /// All so far, in order.
  package private(set) var definitions: [any SharedFunction] = []
  /// Where those of a family are.
  private var places: [String: [Int]] = [:]
  private var taken: Set<String> = []
  /// How often kernels make each call.
  private var calls: [SharedCall: Int] = [:]
  private let specializer: Specializer?

  /// What writes calls that several kernels make as functions of their own.
  package struct Specializer: Sendable {
    /// Those calls.
    let repeated: Set<SharedCall>
    /// The parameters of a function.
    let parameters: @Sendable (any SharedFunction) -> [CParameter]

    /// - Parameters:
    ///   - counted: What kernels wanted defined, who found no specializer.
    ///   - parameters: The parameters of a function.
    package init(
      _ counted: SharedFunctions,
      parameters: @escaping @Sendable (any SharedFunction) -> [CParameter]
    ) {
      repeated = Set(counted.calls.filter { $0.value > 1 }.keys)
      self.parameters = parameters
    }
  }

  /// No functions so far.
  ///
  /// - Parameter specializer: nil: calls are counted, and written as they are.
  package init(_ specializer: Specializer? = nil) {
    self.specializer = specializer
  }

  /// The name of `function`, which is the next to be defined if it is a new one.
  package mutating func name(_ function: some SharedFunction) -> String {
    let (family, stem) = (function.family, function.stem)
    for place in places[family, default: []] where Self.isSame(function, definitions[place]) {
      return definitions[place].name
    }
    var new = function
    new.name = stem
    var number = 2
    while !taken.insert(new.name).inserted {
      new.name = "\(stem)_\(number)"
      number += 1
    }
    places[family, default: []].append(definitions.count)
    definitions.append(new)
    return new.name
  }

  /// A kernel's call of `function`, which has tiles in registers, as a statement.
  ///
  /// Such a function is inlined for the sake of its constants, and is then most of what a C compiler
  /// has to do. Where several kernels make the same call but for what it reads and writes, as those of
  /// repeated blocks do, they call one function of these constants, which is compiled once.
  package mutating func call(_ function: String, _ arguments: [String]) -> String {
    let call = SharedCall(function, arguments)
    calls[call, default: 0] += 1
    guard let specializer, specializer.repeated.contains(call), let sizes = call.sizes,
      let callee = definitions.last(where: { $0.name == function })
    else { return CText.call(function, arguments) }
    let name = name(
      SpecializedFunction(call, sizes: sizes, parameters: specializer.parameters(callee)))
    return CText.call(name, zip(arguments, call.constants).filter { $1 == nil }.map(\.0))
  }

  /// Defines `text` where it is not defined yet, for functions that name it.
  package mutating func define(_ text: SharedText) { _ = name(text) }

  private static func isSame<Function: SharedFunction>(
    _ function: Function, _ known: any SharedFunction
  ) -> Bool {
    guard let known = known as? Function else { return false }
    var named = function
    named.name = known.name
    return named == known
  }
}

/// A part of the C around the kernels that is the same in every file that has it.
package struct SharedText: SharedFunction {
  package let template: String
  package let stem: String
  package var name = ""

  /// - Parameters:
  ///   - stem: The name of what it defines.
  ///   - template: The file name of the template, which names nothing.
  package init(_ stem: String, template: String) {
    self.stem = stem
    self.template = template
  }

  /// A whole that is cut into pieces: `struct pieces`.
  package static let pieces = SharedText("pieces", template: "Shared/pieces.c.mustache")

  /// Which piece an item is in.
  package static let pieceOf = SharedText("piece_of", template: "Shared/piece_of.c.mustache")

  /// How far rows and positions lie apart: `struct pitch`.
  package static let pitch = SharedText("pitch", template: "Shared/pitch.c.mustache")

  /// Vectors that channels fill.
  package static let vectorsOf = SharedText("vectors_of", template: "Shared/vectors_of.c.mustache")

  /// A factor and an offset.
  package static let affine = SharedText("affine", template: "Folding/affine.c.mustache")

  /// What a batch norm makes of them.
  package static let folded = SharedText("folded", template: "Folding/folded.c.mustache")

  /// How large a piece is.
  package static let pieceSize = SharedText(
    "piece_size", template: "Shared/piece_size.c.mustache")
}

/// A shared function that differs from its like in what it stores.
package struct SharedValueFunction: SharedFunction {
  package let template, stem: String
  package var name = ""
  /// Whether it is given the slope of what it stores.
  let slope: Bool
  /// What is stored.
  let value: String

  package init(_ stem: String, template: String, slope: Bool = false, value: String) {
    self.stem = stem
    self.template = template
    self.slope = slope
    self.value = value
  }
}

/// A shared function that differs from its like in the one that it calls.
package struct SharedCaller: SharedFunction {
  package let template, stem: String
  package var name = ""
  /// Whether it passes the slope of what is stored.
  let slope: Bool
  /// What is called.
  let callee: String

  package init(_ stem: String, template: String, slope: Bool = false, calling callee: String) {
    self.stem = stem
    self.template = template
    self.slope = slope
    self.callee = callee
  }
}

/// How many sums the largest tile of all kernels has: `TILE`.
package struct TileSize: SharedFunction {
  package var template: String { "Shared/tile.c.mustache" }
  package var stem: String { "TILE" }
  package var name = ""
  let size: Int

  package init(_ names: CodegenContext) {
    size = names.plan.kernels.map(\.spec.tileSums).max() ?? 1
  }
}

/// The sizes that a layer's kernels pass to the functions that they share: a constant struct.
package struct SharedSizes: SharedFunction {
  package var template: String { "Shared/sizes.c.mustache" }
  package let stem: String
  package var name = ""
  /// Layers of the same sizes share them, whatever they are called.
  package var family: String { SharedCall.sizePrefix + type }
  let type, members: String

  /// - Parameters:
  ///   - type: The name of the struct.
  ///   - part: What the layer's name is followed by, where these are not all of its sizes.
  ///   - members: Its members, in order.
  package init(
    _ type: String, of layer: Int, _ part: String = "", names: CodegenContext,
    _ members: [(String, Int)]
  ) {
    stem = SharedCall.sizePrefix + names.layer(layer) + part
    self.type = type
    // C++ has no designators before C++20.
    self.members = members.map {
      names.standsAlone ? "/* \($0.0) */ \($0.1)" : ".\($0.0) = \($0.1)"
    }.joined(separator: ", ")
  }

  package static func == (one: SharedSizes, other: SharedSizes) -> Bool {
    one.type == other.type && one.members == other.members
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    hasher.combine(members)
  }
}

extension Partition {
  /// A `struct pieces` that says the same.
  package var pieces: String { "(struct pieces){\(count), \(width), \(wide)}" }
}
