import IR
import Lowering

/// The C functions that kernels and steps call, in the order in which they have to be defined. A
/// file has those whose names occur in it, and those that these need.
struct CLibrary {
  /// Functions of vectors and numbers alone, and those that see a step.
  let vectors, steps: [Entry]

  /// A function, or several that go together.
  struct Entry {
    /// What fills in its template where the identifiers `needed` occur; nil where none of its names
    /// does.
    let context: (_ needed: Set<Substring>) -> (any TemplateContext)?

    init(_ context: @escaping (Set<Substring>) -> (any TemplateContext)?) { self.context = context }
  }

  init(_ names: CodegenContext) {
    func entry(_ name: String, _ others: String...) -> Entry {
      let context = LibraryContext(name, names)
      return Entry { needed in
        ([name] + others).contains { needed.contains($0[...]) } ? context : nil
      }
    }
    let isFloat = names.plan.options.precision == .float
    let suffix = isFloat ? "f" : ""
    let hasVectors = names.plan.options.target.hasVectors
    // Of floats, whole vectors at a time: a call for each number took twenty times as long.
    let own = isFloat && hasVectors ? ["vec_exp", "vec_tanh", "vec_erf", "vec_log1p"] : []
    vectors =
      [
        entry("splat"), entry("masked"), entry("blend"), entry("max_of"), entry("lanes_sum"),
        entry("add_lanes"), entry("transpose"), Entry { ScalarsContext($0, suffix: suffix) },
        entry("scalar_sigmoid", "SIGMOID"), entry("scalar_softplus", "SOFTPLUS"),
        entry("vec_abs"),
      ]
      + own.map { entry($0) }
      + MappedContext.functions.filter { !own.contains($0.0) }.map { name, function in
        Entry {
          $0.contains(name[...])
            ? MappedContext(name: name, function: function + suffix, hasVectors: hasVectors) : nil
        }
      } + [entry("vec_power"), entry("vec_sigmoid"), entry("vec_softplus")]
    steps =
      [
        entry("moments_at"), entry("pairs_at"), entry("label_of"), entry("label_at"),
        entry("target_of"),
        entry("targets_of"), entry("mirrored_targets_of"), entry("moved_target_of"),
        entry("moved_targets_of"), entry("mirrored_moved_targets_of"),
      ]
      + names.plan.graph.losses.indices.map { index in
        Entry { ClassWeightContext(names, loss: index, needed: $0) }
      } + [
        entry("slot_of")
      ]
      + names.plan.model.training.optimizers.indices.flatMap { index in
        Self.updates(names, index)
      }
      + [
        entry("store_row"), entry("multiply"), entry("long_sum", "add_part", "PART"),
        entry("sum_of"), entry("sum_of_squares"), entry("normalized"), entry("squares_of"),
        entry("block_moments"),
      ]
      + names.plan.model.training.optimizers.indices.flatMap { index in
        Self.tensorUpdates(names, index)
      }
  }

  /// What moves numbers by one of the model's optimizers, and what adds up gradients for it.
  private static func updates(_ names: CodegenContext, _ index: Int) -> [Entry] {
    func entry(
      _ name: @escaping (String) -> String, _ make: @escaping (Bool) -> any TemplateContext
    )
      -> Entry
    {
      Entry { needed in
        let usesRow = needed.contains(name("_row")[...])
        return usesRow || needed.contains(name("")[...]) ? make(usesRow) : nil
      }
    }
    let update = entry({ names.update(by: index, $0) }) {
      OptimizerContext(names, index, usesRow: $0)
    }
    let training = names.plan.model.training
    if training.optimizers[index].tensorStep != nil { return [] }
    guard training.accumulated > 1 else { return [update] }
    return [
      update,
      entry({ names.taking(by: index, $0) }) {
        AccumulationContext(names, index, usesRow: $0)
      },
    ]
  }

  /// What moves whole parameters by one of the model's optimizers, and what that needs.
  private static func tensorUpdates(_ names: CodegenContext, _ index: Int) -> [Entry] {
    guard let update = TensorUpdateContext(names, index) else { return [] }
    let orthogonalization = OrthogonalizationContext(names, index)
    return [
      Entry { needed in
        orthogonalization.flatMap { needed.contains($0.name[...]) ? $0 : nil }
      },
      Entry { needed in needed.contains(update.update[...]) ? update : nil },
    ]
  }

  /// The texts of those of `entries` that `needed` asks for, in order. What they need joins
  /// `needed`.
  static func texts(
    of entries: [Entry], needed: inout Set<Substring>, _ library: TemplateLibrary
  ) -> [String] {
    var texts: [String] = []
    // What a function calls stands before it.
    for entry in entries.reversed() {
      guard let context = entry.context(needed) else { continue }
      var text = library.render(context)
      if text.last == "\n" { text.removeLast() }
      needed.formUnion(CText.identifiers(of: text))
      texts.append(text)
    }
    return texts.reversed()
  }
}

/// What fills in a function of the library: what vectors of this length and these numbers need.
struct LibraryContext: TemplateContext {
  let template: String
  /// The numbers of a part of a long sum.
  let part: Int
  let halvings, halvingsToFour: [String]
  /// Whether a vector has four lanes or more.
  let quads: Bool
  let pairsOfFirst, pairsOfSecond, pairsOfBoth: String
  let severalTargets: Bool
  let interleavedFirst, interleavedSecond: String
  let exp, log1p, pow: String

  /// The functions that are written otherwise where vectors are numbers.
  private static let portable: Set<String> = [
    "blend", "lanes_sum", "masked", "max_of", "vec_power", "vec_softplus",
  ]

  init(_ name: String, _ names: CodegenContext) {
    let isPortable = !names.plan.options.target.hasVectors && Self.portable.contains(name)
    template = "\(isPortable ? "Portable" : "Library")/\(name).c.mustache"
    part = LongSum.part
    severalTargets = names.plan.model.targets.count > 1
    let lanes = names.plan.lanes
    halvings = Self.halvings(of: "v", lanes: lanes)
    halvingsToFour = Self.halvings(of: "sum", lanes: lanes).dropLast(2)
    quads = lanes >= 4
    pairsOfFirst = Self.pairs(of: "v[0]", "v[1]", lanes: lanes)
    pairsOfSecond = Self.pairs(of: "v[2]", "v[3]", lanes: lanes)
    pairsOfBoth = Self.pairs(of: "first", "second", lanes: lanes)
    interleavedFirst = Self.interleaved(lanes: lanes, from: 0)
    interleavedSecond = Self.interleaved(lanes: lanes, from: lanes / 2)
    let suffix = names.plan.options.precision == .float ? "f" : ""
    exp = "exp" + suffix
    log1p = "log1p" + suffix
    pow = "pow" + suffix
  }

  /// The steps of a sum over lanes: the upper half of what is left comes down onto the lower.
  private static func halvings(of v: String, lanes: Int) -> [String] {
    sequence(first: lanes / 2) { $0 / 2 }.prefix { $0 > 0 }.map { half in
      let indices = (0..<lanes).map { ($0 + half) % lanes }
      return "__builtin_shufflevector(\(v), \(v), \(CText.list(indices)))"
    }
  }

  /// The sums of neighbours in two vectors: in every four lanes two of each.
  private static func pairs(of a: String, _ b: String, lanes: Int) -> String {
    let even = stride(from: 0, to: lanes, by: 4).flatMap {
      [$0, $0 + 2, $0 + lanes, $0 + 2 + lanes]
    }
    return [even, even.map { $0 + 1 }].map {
      "__builtin_shufflevector(\(a), \(b), \(CText.list($0)))"
    }.joined(separator: " + ")
  }

  /// Half of the numbers of two vectors, in turn: those from number `start` on.
  private static func interleaved(lanes: Int, from start: Int) -> String {
    let indices = (start..<start + lanes / 2).flatMap { [$0, $0 + lanes] }
    return "__builtin_shufflevector(upper, lower, \(CText.list(indices)))"
  }
}

/// What fills in the function that says what a class counts.
struct ClassWeightContext: TemplateContext {
  var template: String { "Library/class_weight.c.mustache" }
  let weights, suffix: String

  /// nil where loss `loss` has no such function, or none of `needed` calls it.
  init?(_ names: CodegenContext, loss: Int, needed: Set<Substring>) {
    let all = names.plan.graph.losses[loss].function.base.weights
    suffix = Loss.suffix(loss)
    guard needed.contains("class_weight\(suffix)"), !all.isEmpty else { return nil }
    weights = all.map(CText.real).joined(separator: ", ")
  }
}

/// A function of math.h that is applied to each lane.
struct MappedContext: TemplateContext {
  let template: String
  let name, function: String

  init(name: String, function: String, hasVectors: Bool) {
    template = hasVectors ? "Library/mapped.c.mustache" : "Portable/mapped.c.mustache"
    (self.name, self.function) = (name, function)
  }

  static let functions = [
    ("vec_exp", "exp"), ("vec_log1p", "log1p"), ("vec_log", "log"), ("vec_sqrt", "sqrt"),
    ("vec_tanh", "tanh"), ("vec_erf", "erf"), ("vec_sin", "sin"), ("vec_cos", "cos"),
    ("vec_floor", "floor"),
  ]
}

/// The functions of math.h for single numbers, under names that go with either type.
struct ScalarsContext: TemplateContext {
  var template: String { "Library/scalars.c.mustache" }
  let functions: [MacroContext]

  /// A macro.
  struct MacroContext: Sendable {
    let name, function: String
  }

  /// Those among `needed`; nil where none is.
  init?(_ needed: Set<Substring>, suffix: String) {
    functions = [
      ("ABS", "fabs"), ("FLOOR", "floor"), ("SQRT", "sqrt"), ("EXP", "exp"), ("LOG", "log"),
      ("SIN", "sin"), ("COS", "cos"), ("TANH", "tanh"), ("ERF", "erf"), ("POW", "pow"),
    ].filter { needed.contains($0.0[...]) }.map {
      MacroContext(name: $0.0, function: $0.1 + suffix)
    }
    if functions.isEmpty { return nil }
  }
}
