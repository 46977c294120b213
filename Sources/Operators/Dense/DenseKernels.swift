import IR
import Lowering

/// Forward: each task makes a tile of output features for a group of blocks. Tasks of one group
/// come one after the other, so that its x stays in the cache while the weight streams by.
package struct DenseForward: PackingSpec {
  package var inputs: Int
  package var outputs: Int
  /// Rows: output features. Columns: blocks of the batch.
  package var tile: RegisterTile
  package var weight: TensorID
  package var bias: TensorID?
  /// The weight and the bias with what is folded into them; nil where they are as they are learned.
  package var weights: PackedWeights?
  /// What each sum goes through.
  package var activation: Activation?
  package var x: BufferID
  /// Where the sums themselves are kept.
  package var sums: BufferID?
  package var y: BufferID
  /// Where the blocks' statistics go.
  package var partial: BufferID?

  package var packedWeights: PackedWeights? { weights }

  package var pitched: [BufferID] { [x] }

  package var functions: [ScalarFunction] { activation.functions }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    DenseForwardContext(self, kernel: kernel, names: names, sharing: &shared)
  }

  package var tileSums: Int { tile.rows.largest * tile.columns.largest }

  package var tileText: String? { Partition.tileText(tile.rows, tile.columns) }
}

/// The input's gradient: each task makes some tiles of input features for the whole batch. A large
/// weight is read in passes over the output features, so that the rows of a pass stay in the cache
/// for all tiles; dx then collects pass by pass.
package struct DenseInputGradient: KernelSpec {
  package var inputs: Int
  package var outputs: Int
  /// Rows: input features. Columns: blocks of the batch.
  package var tile: RegisterTile
  /// Tiles a task.
  package var tilesPerTask: Int
  /// Output features a pass.
  package var outputsPerPass: Int
  package var weight: TensorID
  package var dy: BufferID
  /// What each number of dx goes through.
  package var epilogue: GradientEpilogue?
  package var dx: BufferID

  package var functions: [ScalarFunction] { epilogue.map { [$0.function] } ?? [] }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    DenseInputGradientContext(self, kernel: kernel, names: names, sharing: &shared)
  }

  package var tileSums: Int { tile.rows.largest * tile.columns.largest }

  package var tileText: String? { Partition.tileText(tile.rows, tile.columns) }
}

/// The input's gradient by the host's matrix product: each task makes a panel of input features for
/// the whole batch, as rows, and brings it into the lanes. For weights that no cache holds and
/// batches that are large, where a product that packs its operands pays.
package struct DenseInputGradientProduct: KernelSpec {
  package var inputs: Int
  package var outputs: Int
  /// Numbers from one row of dy to the next.
  package var stride: Int
  /// Input features a task.
  package var panel: Int
  package var weight: TensorID
  /// dy as rows.
  package var dyRows: BufferID
  /// dx as rows.
  package var dxRows: BufferID
  /// What each number of dx goes through.
  package var epilogue: GradientEpilogue?
  package var dx: BufferID

  package var functions: [ScalarFunction] { epilogue.map { [$0.function] } ?? [] }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    DenseInputGradientProductContext(self, kernel: kernel, names: names, sharing: &shared)
  }

  package var tileText: String? { "the host's products of \(panel) columns" }
}

/// A value as rows, one example each: the weight's gradient wants features in the lanes, so that no
/// sum runs across lanes, and matrix products want rows.
package struct DenseRows: KernelSpec {
  /// What the value is to its layer.
  package var operand: Operand
  package var inputs: Int
  /// Numbers from one row to the next: `inputs` rounded up to whole vectors, or a vector more.
  package var stride: Int

  /// What a value is to its layer.
  package enum Operand: String, Hashable, Sendable {
    case input = "input"
    case outputGradient = "output's gradient"
  }
  package var x: BufferID
  package var rows: BufferID

  package var acceptsParts: Bool { true }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    DenseRowsContext(self, kernel: kernel, names: names, sharing: &shared)
  }
}

/// The weight's gradient: each task makes a tile of output features times a group of inputs. Tasks
/// of one group come one after the other, so that its rows stay in the cache.
package struct DenseWeightGradient: KernelSpec {
  package var inputs: Int
  package var outputs: Int
  package var stride: Int
  /// Rows: output features. Columns: vectors of input features.
  package var tile: RegisterTile
  /// Tiles of input features a group.
  package var tilesPerGroup: Int
  package var weight: TensorID
  package var rows: BufferID
  package var dy: BufferID
  package var destination: GradientDestination

  /// How many groups of input features there are.
  package var groups: Int { (tile.columns.count + tilesPerGroup - 1) / tilesPerGroup }

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    DenseWeightGradientContext(self, kernel: kernel, names: names, sharing: &shared)
  }

  package var tileSums: Int { tile.rows.largest * tile.columns.largest }

  package var tileText: String? { Partition.tileText(tile.rows, tile.columns) }
}
