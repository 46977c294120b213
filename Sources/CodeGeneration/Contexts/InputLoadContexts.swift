import Lowering

struct InputLoadContext: TemplateContext {
  var template: String { "input_load.c.mustache" }
  let name, input, shape, scale, y, rows: String
  let elements, stride: Int
  let severalLanes, hasRows, joined: Bool

  init(_ kernel: InputLoad, name: String, names: Naming) {
    self.name = name
    input = names.plan.model.input.name
    shape = names.plan.model.input.shape.description
    scale = CText.real(kernel.scale)
    y = names.buffer(kernel.y)
    rows = kernel.rows.map { names.buffer($0.buffer) } ?? ""
    stride = kernel.rows?.stride ?? 0
    elements = kernel.elements
    severalLanes = names.plan.lanes > 1
    hasRows = kernel.rows != nil
    joined = !names.plan.loadingKernels.isEmpty
  }
}

/// What fills in the function around a kernel whose tasks bring in the input that they need.
struct LoadingContext: TemplateContext {
  var template: String { "input_loading.c.mustache" }
  let name, kernel, input, load: String
  /// Tasks of the kernel for each block, or group of blocks, and how many blocks there are in a group.
  let tasks, blocks: Int
  let grouped: Bool

  init(_ kernel: Kernel, names: Naming) {
    name = Self.name(kernel)
    self.kernel = kernel.name
    input = names.plan.model.input.name
    load = names.plan.kernels.first { $0.loadsInput }?.name ?? ""
    (tasks, blocks) =
      switch kernel.tasks {
      case .perBlock(let count): (count, 1)
      case .perGroup(let count, let blocks): (count, blocks)
      case .serial, .fixed, .inTurn: (1, 1)
      }
    grouped = blocks > 1
  }

  /// The function around `kernel`.
  static func name(_ kernel: Kernel) -> String { kernel.name + "_loading" }
}

extension Kernel {
  fileprivate var loadsInput: Bool { if case .inputLoad = form { true } else { false } }
}
