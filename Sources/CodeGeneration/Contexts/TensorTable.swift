import IR
import Lowering

/// A member of `struct parameters` or `struct state`.
struct MemberContext: Sendable {
  let member: String
  let shape: [Int]
  let count: Int
  let layer: Int
  let role: TensorDeclaration.Role
}

/// A buffer's place in scratch.
struct BufferContext: Sendable {
  let name, shape: String
  let offset: Int
}

/// The memory of a network: what its structs hold and what its tables say.
struct TensorTable: Sendable {
  let parameters, state: [MemberContext]
  let buffers: [BufferContext]
  /// The rows of the table of tensors, each a macro's call: what layers own, what optimizers keep, what
  /// a step leaves to be looked at.
  let owned, slots, probes: [String]
  /// The numbers of the tensors that start with numbers of their own.
  let lists: [ListContext]

  init(names: CodegenContext, memory: MemoryPlan) {
    let plan = names.plan
    var parameters: [MemberContext] = []
    var state: [MemberContext] = []
    var owned: [String] = []
    var lists: [ListContext] = []
    for (index, layer) in plan.model.layers.enumerated() {
      let shapes = plan.model.operandShapes(of: layer)
      for declaration in layer.op.base.parameters(of: shapes) {
        let member = Self.member(declaration, index, names)
        parameters.append(member)
        owned.append(Self.row(declaration, index, isState: false, names))
        if case .listed(let values) = plan.model.start(of: declaration, in: index) {
          lists.append(
            ListContext(
              tensor: "\(layer.name).\(declaration.name)", name: "\(member.member)_start",
              values: values.map(CText.double).joined(separator: ", ")))
        }
      }
      for declaration in layer.op.base.state(of: shapes) {
        let member = Self.member(declaration, index, names)
        state.append(member)
        owned.append(Self.row(declaration, index, isState: true, names))
      }
    }
    self.parameters = parameters
    self.state = state
    self.owned = owned
    self.lists = lists
    slots = Self.slots(names)
    probes = Self.probes(names)
    let bytes = plan.options.precision.bytes
    buffers = plan.buffers.enumerated().map { index, buffer in
      BufferContext(
        name: names.buffer(buffer),
        shape: Self.shapeText(buffer, plan)
          + (buffer.part.map { ", a part of \(plan[$0.whole].name)" } ?? ""),
        offset: memory.places[index].offset / bytes)
    }
  }

  private static func member(
    _ declaration: TensorDeclaration, _ layer: Int, _ names: CodegenContext
  )
    -> MemberContext
  {
    MemberContext(
      member: names.member(TensorID(layer: layer, role: declaration.role)),
      shape: declaration.shape, count: declaration.elementCount, layer: layer,
      role: declaration.role)
  }

  /// A row as a macro's call.
  private static func row(
    _ declaration: TensorDeclaration, _ layer: Int, isState: Bool, _ names: CodegenContext
  ) -> String {
    let member = names.member(TensorID(layer: layer, role: declaration.role))
    let start = InitialValue(names.plan.model.start(of: declaration, in: layer))
    let numbers =
      start.isListed
      ? ["\(member)_start"]
      : [
        String(start.kind.dropFirst(4)), CText.double(start.first), CText.double(start.second),
      ]
    let arguments =
      [
        member, "\"\(names.layer(layer)).\(declaration.name)\"", "\(layer)",
        String(declaration.role.constant.dropFirst(4)),
      ] + numbers + ["\(declaration.shape.count)", CText.list(declaration.shape)]
    let macro = isState ? "STATE" : start.isListed ? "LISTED" : "PARAMETER"
    return "\(macro)(\(arguments.joined(separator: ", ")))"
  }

  /// What the optimizer keeps for each parameter that learns.
  private static func slots(_ names: CodegenContext) -> [String] {
    let plan = names.plan
    guard plan.options.purpose == .training else { return [] }
    let moved = plan.graph.nodes.flatMap(\.results).compactMap {
      if case .parameter(let tensor, version: 1) = $0 { tensor } else { nil as TensorID? }
    }.sorted { $0.layer < $1.layer }
    return (0..<plan.slotCount).flatMap { index in
      moved.compactMap { tensor in
        let slots = plan.model.optimizer(of: tensor.role, in: tensor.layer).slots
        guard index < slots.count else { return nil }
        let (slot, declaration) = (slots[index], plan.model.declaration(of: tensor))
        let arguments = [
          names.member(tensor),
          "\"\(slot.name).\(names.layer(tensor.layer)).\(declaration.name)\"", "\(tensor.layer)",
          slot == plan.model.training.averaging?.slot ? "AVERAGE" : "SLOT", "\(index)",
          CText.double(slot.start), "\(declaration.shape.count)", CText.list(declaration.shape),
        ]
        return "SLOT(\(arguments.joined(separator: ", ")))"
      }
    }
  }

  private static func probes(_ names: CodegenContext) -> [String] {
    let plan = names.plan
    return plan.buffers.flatMap { buffer in
      buffer.probes.map { probe in
        let isLanes = if case .lanes = buffer.layout { true } else { false }
        let place = names.buffer(buffer) + (probe.offset > 0 ? " + \(probe.offset)" : "")
        let arguments = [
          place, "\"\(probe.name)\"", "\(probe.layer ?? -1)",
          String(probe.role.constant.dropFirst(4)),
          "\(isLanes ? plan.lanes : 0)", "\(probe.shape.count)", CText.list(probe.shape),
        ]
        return "VALUE(\(arguments.joined(separator: ", ")))"
      }
    }
  }

  private static func shapeText(_ buffer: Buffer, _ plan: KernelPlan) -> String {
    switch buffer.layout {
    case .lanes(let shape):
      "[\(plan.blocks)]" + shape.dimensions.map { "[\($0)]" }.joined() + "[\(plan.lanes)]"
    case .channels(let layout): layout.text
    case .numbers(let dimensions): dimensions.map { "[\($0)]" }.joined()
    }
  }
}

extension TensorDeclaration.Role {
  /// The role as the interface's constant.
  var constant: String {
    let known: Set<TensorDeclaration.Role> = [
      .weight, .bias, .gamma, .beta, .runningMean, .runningVariance, .seen,
    ]
    return known.contains(self) ? "BNC_\(rawValue.uppercased())" : "BNC_OTHER"
  }
}

extension Buffer.Probe.Role {
  /// The role as the interface's constant.
  var constant: String {
    switch self {
    case .value: "BNC_VALUE"
    case .valueGradient: "BNC_VALUE_GRADIENT"
    case .batchMean: "BNC_BATCH_MEAN"
    case .batchVariance: "BNC_BATCH_VARIANCE"
    }
  }
}

extension [MemberContext] {
  /// The members as C, the vectors of a layer in one declaration.
  var declarations: [String] {
    var lines: [String] = []
    var vectors: (layer: Int, members: [String]) = (-1, [])
    func flush() {
      if !vectors.members.isEmpty {
        lines.append("real \(vectors.members.joined(separator: ", "));")
      }
      vectors.members = []
    }
    for member in self {
      let text = "\(member.member)[\(member.count)]"
      if member.layer != vectors.layer || member.shape.count > 1 { flush() }
      vectors.layer = member.layer
      if member.shape.count > 1 {
        lines.append("real \(text);  // \(CText.shape(member.shape))")
      } else {
        vectors.members.append(text)
      }
    }
    flush()
    return lines
  }

  /// Whether every batch norm that starts at its first batch has seen one, as C; empty where there
  /// is none.
  var seen: String {
    filter { $0.role == .seen }.map { "state->\($0.member)[0] != 0" }.joined(separator: " && ")
  }
}
