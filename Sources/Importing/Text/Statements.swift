import Diagnostics
import IR

/// What stands between two bars of a statement: a layer, or a use of a block.
struct Step {
  /// Indices of the layers that it is, in the order of the text; the last one makes its result.
  var layers: [Int]
  var operands: [ImportedOperand]
  /// What is written in their place.
  var use: BlockUse?

  /// The layer that makes its result.
  var result: Int { layers[layers.count - 1] }
}

/// One use of a block, counted from 0.
struct BlockUse: Hashable {
  var block: Int
  var number: Int
}

/// The steps of a network cut into the statements of a model: each is a chain in which every step
/// is read by the next one alone.
struct Statements {
  /// Statement by statement, in the order of the text.
  let chains: [[Step]]

  /// - Parameters:
  ///   - steps: In an order in which each reads those before it.
  ///   - outputs: The layers whose results are read from outside.
  init(_ steps: [Step], outputs: Set<Int>) {
    var uses: [Int: Int] = [:]
    for index in steps.flatMap(\.operands).compactMap({ $0.id?.layer }) {
      uses[index, default: 0] += 1
    }
    var chains: [[Step]] = []
    // The chain that ends with a layer so far.
    var ending: [Int: Int] = [:]
    for step in steps {
      if case .value(.result(let before))? = step.operands.first, uses[before] == 1,
        !outputs.contains(before), step.operands.compactMap(\.id).count == 1,
        let chain = ending.removeValue(forKey: before)
      {
        chains[chain].append(step)
        ending[step.result] = chain
      } else {
        ending[step.result] = chains.count
        chains.append([step])
      }
    }
    // A statement stands where all that it reads is made.
    self.chains = chains.sorted { $0[$0.count - 1].result < $1[$1.count - 1].result }
  }

  /// The layers in the order of the text.
  var order: [Int] { chains.flatMap { $0.flatMap(\.layers) } }
}

extension NetworkImport {
  /// A layer as a step.
  func step(_ layer: Int) -> Step { Step(layers: [layer], operands: layers[layer].operands) }

  /// The layers whose results the network's user is given.
  var outputLayers: Set<Int> { Set(outputs.compactMap { $0.id.layer }) }
}
