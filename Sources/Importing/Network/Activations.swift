import Glibc
import IR

/// Finds the activations of a library in whatever nodes a file has them: as one node, or as a
/// product with a sigmoid, a formula of erf. Some nodes that compute each number of `y` from its
/// like in one value `x` are an activation if they compute the same of many numbers.
struct ActivationFinder {
  /// An activation of a value.
  struct Match {
    var keyword: String
    var arguments: [ImportedArgument]
    /// The name of the value.
    var operand: String
  }

  private struct Candidate {
    var keyword: String
    var arguments: [ImportedArgument]
    var results: [Double]
  }

  /// Where functions are compared: on both sides of 0, nowhere special, and far away.
  private static let places: [Double] =
    [-2.31, 0.47, 1.93, 7.19] + (0..<97).map { -9.7137 + 0.2013 * Double($0) }
    + [-31.3, -0.001, 0.001, 29.9]

  /// The first of `places` to be tried: most nodes are no activation, and show it there.
  private static let few = 0..<4

  /// More nodes than an activation is made of.
  private static let mostNodes = 14

  private let table: NodeTable
  private let indices: [String: Int]
  private let fixed: [Candidate]
  /// Activations with a number of their own, by which it is chosen.
  private let adjustable: [Definition<any Operation>]

  init(_ library: Library, _ table: NodeTable) {
    self.table = table
    indices = table.makers
    var fixed: [Candidate] = []
    var adjustable: [Definition<any Operation>] = []
    for row in library.operations where row.signature.operands.count == 1 {
      if let results = Self.results(row, Arguments()) {
        fixed.append(Candidate(keyword: row.signature.keyword, arguments: [], results: results))
      }
      if row.signature.parameters.count == 1, case .real = row.signature.parameters[0].accepts {
        adjustable.append(row)
      }
    }
    self.fixed = fixed
    self.adjustable = adjustable
  }

  private static func results(
    _ row: Definition<any Operation>, _ arguments: Arguments
  ) -> [Double]? {
    guard let operation = try? row.make(arguments) as? any ElementwiseOperation,
      operation.function.parameters.count == 1
    else { return nil }
    let (name, body) = (operation.function.parameters[0], operation.function.body)
    return places.map { body.value([name: $0]) }
  }

  /// The activation whose result output 0 of node `index` is, of the value farthest back.
  func match(_ index: Int) -> Match? {
    guard isElementwise(index), let output = table.nodes[index].outputs.first else { return nil }
    var region: [Int] = []
    var numbers: Set<Double> = []
    // What the nodes of the region read, itself excepted, last made first.
    var open: [String] = [output]
    var cuts: [(operand: String, region: [Int], numbers: Set<Double>)] = []
    while region.count < Self.mostNodes,
      let last = open.max(by: { (indices[$0] ?? -1) < (indices[$1] ?? -1) }),
      let maker = indices[last], isElementwise(maker), table.nodes[maker].outputs.first == last
    {
      open.removeAll { $0 == last }
      region.append(maker)
      let node = table.nodes[maker]
      for case .float(let number) in node.attributes.values { numbers.insert(number) }
      for name in node.inputs where !name.isEmpty {
        if let number = table.number(name) {
          numbers.insert(number)
        } else if table.constants[name] != nil {
          // Numbers of its own for each place.
          open.append(name)
        } else if !open.contains(name) {
          open.append(name)
        }
      }
      guard !open.isEmpty, !open.contains(where: { table.constants[$0] != nil }) else { break }
      if open.count == 1 { cuts.append((open[0], region, numbers)) }
    }
    for cut in cuts.reversed() {
      guard let some = results(of: cut.region, reading: cut.operand, Self.few),
        candidate(some, cut.numbers, Self.few) != nil,
        let results = results(of: cut.region, reading: cut.operand, Self.places.indices)
      else { continue }
      if let found = candidate(results, cut.numbers, Self.places.indices) {
        return Match(
          keyword: found.keyword, arguments: found.arguments, operand: cut.operand)
      }
    }
    return nil
  }

  private func isElementwise(_ index: Int) -> Bool {
    let node = table.nodes[index]
    return ScalarOperators.function(of: node) != nil
      && node.inputs.count >= ScalarOperators.leastOperands(of: node.operation)
      && node.outputs.count == 1
  }

  /// What the nodes of `region`, the last one first, make of the places.
  private func results(
    of region: [Int], reading operand: String, _ range: Range<Int>
  ) -> [Double]? {
    let places = Array(Self.places[range])
    var rows = [operand: places]
    for index in region.sorted() {
      let node = table.nodes[index]
      guard let function = ScalarOperators.function(of: node) else { return nil }
      var operands: [[Double]] = []
      for name in node.inputs {
        if name.isEmpty {
          operands.append(places.map { _ in .nan })
        } else if let row = rows[name] {
          operands.append(row)
        } else if let number = table.number(name) {
          operands.append(places.map { _ in number })
        } else {
          return nil
        }
      }
      rows[node.outputs[0]] = places.indices.map { place in
        function(operands.map { $0[place] })
      }
    }
    return region.first.flatMap { rows[table.nodes[$0].outputs[0]] }
  }

  private func candidate(
    _ results: [Double], _ numbers: Set<Double>, _ range: Range<Int>
  ) -> Candidate? {
    if let found = fixed.first(where: { Self.agree($0.results[range], results) }) { return found }
    for row in adjustable {
      let parameter = row.signature.parameters[0]
      for number in numbers.sorted()
      where parameter.accepts.refusal(of: .number(number)) == nil {
        var arguments = Arguments()
        arguments.constants[parameter.name] = .number(number)
        guard let own = Self.results(row, arguments), Self.agree(own[range], results) else {
          continue
        }
        return Candidate(
          keyword: row.signature.keyword, arguments: [.key(parameter.name, .number(number))],
          results: own)
      }
    }
    return nil
  }

  /// Whether two functions are the same but for the rounding of their constants to floats.
  private static func agree(_ a: ArraySlice<Double>, _ b: [Double]) -> Bool {
    zip(a, b).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($0)) }
  }
}
