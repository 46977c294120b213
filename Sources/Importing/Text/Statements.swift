import IR

/// The layers of a network cut into the statements of a model: each is a chain in which every layer
/// is read by the next one alone.
struct Statements {
  /// Indices of layers, statement by statement, in the order of the text.
  let chains: [[Int]]
  /// The chain that makes a value, by its last layer.
  let chainOfLast: [Int: Int]

  init(_ network: NetworkImport) {
    let layers = network.layers
    var uses = [Int](repeating: 0, count: layers.count)
    for layer in layers {
      for index in layer.operands.compactMap({ $0.id?.layer }) { uses[index] += 1 }
    }
    for output in network.outputs { if let index = output.id.layer { uses[index] += 2 } }
    var chains: [[Int]] = []
    // The chain that ends with a layer so far.
    var ending: [Int: Int] = [:]
    for (index, layer) in layers.enumerated() {
      if case .value(.result(let before))? = layer.operands.first, uses[before] == 1,
        layer.operands.compactMap(\.id).count == 1, let chain = ending.removeValue(forKey: before)
      {
        chains[chain].append(index)
        ending[index] = chain
      } else {
        ending[index] = chains.count
        chains.append([index])
      }
    }
    // A statement stands where all that it reads is made.
    self.chains = chains.sorted { $0[$0.count - 1] < $1[$1.count - 1] }
    var last: [Int: Int] = [:]
    for (index, chain) in self.chains.enumerated() { last[chain[chain.count - 1]] = index }
    chainOfLast = last
  }

  /// The layers in the order of the text.
  var order: [Int] { chains.flatMap(\.self) }
}
