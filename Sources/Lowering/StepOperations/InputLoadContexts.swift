import IR

package struct InputLoadContext: TemplateContext {
  package var template: String { "StepOperations/input_load.c.mustache" }
  let name, input, shape, scale, y, rows: String
  let index, elements, stride: Int
  let severalLanes, hasRows, joined, scalesReals: Bool

  init(_ spec: InputLoad, kernel: Kernel, names: CodegenContext) {
    name = names.function(kernel)
    index = spec.input
    input = names.plan.model.inputs[index].name
    shape = names.plan.model.inputs[index].shape.description
    scale = CText.real(spec.scale)
    scalesReals = spec.scalesReals && spec.scale != 1
    y = names.buffer(spec.y)
    rows = spec.rows.map { names.buffer($0.buffer) } ?? ""
    stride = spec.rows?.stride ?? 0
    elements = spec.elements
    severalLanes = names.plan.lanes > 1
    hasRows = spec.rows != nil
    joined = !names.plan.loadingKernels.isEmpty
  }
}

/// What fills in the function around a kernel whose tasks bring in the input that they need.
package struct LoadingContext: TemplateContext {
  package var template: String { "StepOperations/input_loading.c.mustache" }
  let name, kernel, input, load: String
  /// Tasks of the kernel for each block, or group of blocks, and how many blocks there are in a
  /// group.
  let tasks, blocks: Int
  let grouped: Bool

  package init(_ kernel: Kernel, names: CodegenContext) {
    name = Self.name(kernel, names)
    self.kernel = names.function(kernel)
    guard let load = names.plan.kernels.first(where: { $0.spec is InputLoad }),
      let spec = load.spec as? InputLoad
    else { fatalError("\(kernel.name) brings in the input, and no kernel does") }
    input = names.plan.model.inputs[spec.input].name
    self.load = names.function(load)
    (tasks, blocks) =
      switch kernel.tasks {
      case .perBlock(let count): (count, 1)
      case .perGroup(let count, let blocks): (count, blocks)
      case .serial, .fixed, .inTurn: (1, 1)
      }
    grouped = blocks > 1
  }

  /// The function around `kernel`.
  package static func name(_ kernel: Kernel, _ names: CodegenContext) -> String {
    names.function(kernel) + "_loading"
  }
}
