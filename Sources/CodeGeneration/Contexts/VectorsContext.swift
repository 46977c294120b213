import IR
import Lowering

/// What fills in the vectors that both kinds of file work with, as far as the kernels use them.
struct VectorsContext: TemplateContext {
  var template: String { "File/vectors.c.mustache" }
  let vectorMeaning, integer: String
  let vectorBytes: Int
  let halvings: [String]
  let interleavedFirst, interleavedSecond: String
  let usesTwice, usesPacked, usesBytes, usesSplat, usesMasked, usesBlend, usesMax,
    usesLanesSum: Bool
  let usesTranspose, hasScalars, usesScalarSigmoid, usesScalarSoftplus: Bool
  let exp, log1p: String
  /// The functions of math.h for single numbers.
  let scalars: [MappedFunction]
  /// The functions of math.h that are applied to each lane.
  let mapped: [MappedFunction]
  let usesSigmoid, usesSoftplus, usesAbs: Bool
  /// The functions that the network's own operations are.
  let functions: [String]

  /// A function of math.h for vectors.
  struct MappedFunction: Sendable {
    let name, function: String
  }

  /// - Parameters:
  ///   - contains: Whether the kernels hold a text.
  ///   - sumsLanes: Whether the file's own functions sum over lanes.
  ///   - usesRoots: Whether they take roots.
  init(
    _ names: CodegenContext, sumsLanes: Bool = false, usesRoots: Bool = false,
    contains inKernels: (String) -> Bool
  ) {
    let plan = names.plan
    functions = names.orderedFunctions.map { names.definition(of: $0) }
    let texts = functions
    func contains(_ text: String) -> Bool {
      inKernels(text) || texts.contains { $0.contains(text) }
    }
    let trains = plan.options.purpose != .inference
    vectorMeaning = "One number of each of LANES \(trains ? "examples" : "channels")"
    let isFloat = plan.options.precision == .float
    integer = isFloat ? "int32_t" : "int64_t"
    vectorBytes = plan.lanes * plan.options.precision.bytes
    halvings = Self.halvings(lanes: plan.lanes)
    interleavedFirst = Self.interleaved(lanes: plan.lanes, from: 0)
    interleavedSecond = Self.interleaved(lanes: plan.lanes, from: plan.lanes / 2)
    usesTwice = contains("UNROLL_TWICE")
    usesPacked = trains
    usesBytes = contains("bytes *")
    usesSplat = contains("splat(") || contains("vec_sigmoid(")
    usesSigmoid = contains("vec_sigmoid(")
    usesSoftplus = contains("vec_softplus(")
    usesAbs = usesSigmoid || usesSoftplus || contains("vec_abs(")
    usesBlend = usesAbs || contains("blend(")
    usesMasked = sumsLanes || usesSoftplus || contains("masked(")
    usesMax = contains("max_of(")
    usesLanesSum = sumsLanes || contains("lanes_sum(")
    usesTranspose = contains("transpose(")
    let suffix = isFloat ? "f" : ""
    exp = "exp" + suffix
    log1p = "log1p" + suffix
    scalars = [
      ("ABS", "fabs"), ("FLOOR", "floor"), ("SQRT", "sqrt"), ("EXP", "exp"), ("LOG", "log"),
      ("SIN", "sin"), ("COS", "cos"), ("TANH", "tanh"), ("ERF", "erf"), ("POW", "pow"),
    ].filter { contains("\($0.0)(") || $0.0 == "SQRT" && usesRoots }.map {
      MappedFunction(name: $0.0, function: $0.1 + suffix)
    }
    usesScalarSigmoid = contains("SIGMOID(")
    usesScalarSoftplus = contains("SOFTPLUS(")
    hasScalars = !scalars.isEmpty || usesScalarSigmoid || usesScalarSoftplus
    mapped = [
      ("vec_exp", "exp", usesSigmoid || usesSoftplus), ("vec_log1p", "log1p", usesSoftplus),
      ("vec_log", "log", false), ("vec_sqrt", "sqrt", false), ("vec_tanh", "tanh", false),
      ("vec_erf", "erf", false), ("vec_sin", "sin", false), ("vec_cos", "cos", false),
      ("vec_floor", "floor", false),
    ].filter { contains("\($0.0)(") || $0.2 }.map {
      MappedFunction(name: $0.0, function: $0.1 + suffix)
    }
  }

  /// The steps of a sum over lanes: the upper half of what is left comes down onto the lower.
  private static func halvings(lanes: Int) -> [String] {
    var halves: [Int] = []
    var half = lanes / 2
    while half > 0 {
      halves.append(half)
      half /= 2
    }
    return halves.map { half in
      let indices = (0..<lanes).map { ($0 + half) % lanes }
      return "__builtin_shufflevector(v, v, \(CText.list(indices)))"
    }
  }

  /// Half of the numbers of two vectors, in turn: those from number `start` on.
  private static func interleaved(lanes: Int, from start: Int) -> String {
    let indices = (start..<start + lanes / 2).flatMap { [$0, $0 + lanes] }
    return "__builtin_shufflevector(upper, lower, \(CText.list(indices)))"
  }
}
