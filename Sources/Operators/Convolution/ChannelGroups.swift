/// The groups of a convolution whose channels are in the lanes. A vector of outputs may be of several groups:
/// it reads the inputs of all of them, times a weight that is 0 where the group is another.
package struct ChannelGroups: Hashable, Sendable {
  /// Output and input channels of one group.
  package let outputsOfGroup, inputsOfGroup: Int
  /// Input channels that a vector of outputs reads.
  package let inputs: Int
  /// The last input channel at which those of a vector begin.
  package let last: Int
  /// Vectors of outputs that read the same inputs.
  package let vectors: Int

  init(_ groups: Int, inputs: Int, outputs: Int, lanes: Int) {
    let (outputsOfGroup, inputsOfGroup) = (outputs / groups, inputs / groups)
    let spans = (0..<(outputs + lanes - 1) / lanes).map { vector in
      let last = min((vector + 1) * lanes, outputs) - 1
      return last / outputsOfGroup - vector * lanes / outputsOfGroup + 1
    }
    self.outputsOfGroup = outputsOfGroup
    self.inputsOfGroup = inputsOfGroup
    self.inputs = (spans.max() ?? 1) * inputsOfGroup
    last = inputs - self.inputs
    vectors = outputsOfGroup % lanes == 0 ? outputsOfGroup / lanes : 1
  }

  /// The most vectors of a tile, `most` at the most, so that each tile is of one group.
  func tile(of most: Int) -> Int {
    (1...min(most, vectors)).last { vectors % $0 == 0 } ?? 1
  }

  /// Which of the inputs that its vector reads input `ci` of the group of `output` is.
  func place(of ci: Int, output: Int, lanes: Int) -> Int {
    let first = min(output / lanes * lanes / outputsOfGroup * inputsOfGroup, last)
    return output / outputsOfGroup * inputsOfGroup + ci - first
  }
}
