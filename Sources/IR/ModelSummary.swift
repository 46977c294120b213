/// What a model amounts to, layer by layer: what `bnc describe` shows.
package struct ModelSummary: Hashable, Sendable {
  /// The inputs first, then the layers in order.
  package var rows: [Row]
  /// Bytes of the scratch region, where buffers share places.
  package var scratchBytes: Int

  /// One layer.
  package struct Row: Hashable, Sendable {
    /// The layer's name.
    package var name: String
    /// The shape of one example's result.
    package var shape: Shape
    /// How many numbers it learns.
    package var parameters: Int
    /// How many it would learn if they were not frozen.
    package var frozenParameters: Int
    /// Multiply-adds of the forward pass for one example.
    package var multiplyAdds: Int
    /// Bytes of what it learns, frozen or not.
    package var parameterBytes: Int
    /// Bytes of what it keeps but does not learn.
    package var stateBytes: Int
    /// Bytes of scratch that its kernels write, for a full batch, before buffers share places.
    package var scratchBytes: Int
  }

  /// The summary of `model`, whose numbers take `elementBytes` each.
  ///
  /// - Parameters:
  ///   - scratchBytes: Bytes of the scratch region.
  ///   - scratch: Bytes of scratch of each input and each layer.
  package init(_ model: Model, elementBytes: Int, scratchBytes: Int, scratch: ValueTable<Int>) {
    self.scratchBytes = scratchBytes
    self.rows = model.inputs.enumerated().map { index, input in
      Row(
        name: input.name, shape: input.shape, parameters: 0,
        frozenParameters: 0, multiplyAdds: 0, parameterBytes: 0, stateBytes: 0,
        scratchBytes: scratch[.input(index)])
    }
    rows += model.layers.enumerated().map { index, layer in
      let operands = model.operandShapes(of: layer)
      let op = layer.op.base
      let declared = model.parameters(of: index)
      let parameters = declared.reduce(0) { $0 + $1.elementCount }
      let held = declared.filter(\.isFrozen).reduce(0) { $0 + $1.elementCount }
      // What the data are normalized by could not be learned in the first place.
      let frozen = op is any InputNormalizing ? 0 : held
      let state = op.state(of: operands).reduce(0) { $0 + $1.elementCount }
      return Row(
        name: layer.name, shape: layer.shape, parameters: parameters - held,
        frozenParameters: frozen,
        multiplyAdds: op.multiplyAdds(of: operands), parameterBytes: parameters * elementBytes,
        stateBytes: state * elementBytes, scratchBytes: scratch[.result(of: index)])
    }
  }

  /// The sum of a column; the largest number there is where the sum is larger still.
  package func total(_ column: KeyPath<Row, Int>) -> Int {
    rows.reduce(0) { sum, row in
      let (value, overflow) = sum.addingReportingOverflow(row[keyPath: column])
      return overflow ? .max : value
    }
  }
}
