import IR
import Lowering

/// A normalization within each example, and the activation after it.
struct ExampleNormOperation<Norm: ExampleNormalization>: ForwardOperation {
  let norm: Norm
  var activation: Activation?
  /// Whether a gradient is taken.
  var trains = true

  let keepsStatistics = true

  var keepsIntermediate: Bool { trains && (activation?.needsOperand ?? false) }

  func absorbing(
    _ next: any Operation, from operand: Shape, to result: Shape, layer: Int
  ) -> (any ForwardOperation)? {
    guard activation == nil, let activation = Activation(next, layer: layer) else { return nil }
    var whole = self
    whole.activation = activation
    return whole
  }

  var readsChannelParts: ChannelReading { .vectorsOfRows }
  var makesChannelParts: Bool { true }

  func hasChannelKernels(for operands: [Shape]) -> Bool {
    ChannelNormGroups(norm.checkedGroups(of: operands[0]), of: operands[0]) != nil
  }

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    if let x = planner.channels(node.operands[0]) {
      return planner.planExampleNorm(norm, then: activation, node, of: x)
    }
    guard let index = node.head, let tail = node.layers.last else { return }
    let layer = planner.model.layers[index]
    let x = planner.place(node.operands[0])
    let site = ExampleNormSite(
      norm, layer: index, shape: layer.shape,
      hasThreadVectors: planner.options.purpose != .inference)
    let moments = planner.makeBuffer(
      "\(layer.name)_moments", .lanes(Shape([site.groups.groups, site.momentsPerGroup])))
    planner.put(.statistics(layer: index), at: moments)
    let sums = keepsIntermediate ? planner.makeIntermediate(of: node) : nil
    let y = planner.makeResult(of: tail, head: sums == nil ? index : tail)
    planner.add(
      "\(layer.name)_forward", layers: node.layers, .forward, .perBlock(site.pieces.count),
      ExampleNormForward(
        site: site, activation: activation, x: x, moments: moments, sums: sums, y: y),
      [.read(x)] + site.readParameters + activation.effects + [y, moments].map { .write($0) }
        + [sums].compactMap { $0.map { .write($0) } }, replaces: x,
      operations: Double((site.isCentered ? 8 : 4) * layer.shape.elementCount))
  }

  func addGradient(to gradient: inout GradientBuilder) {
    let dy = gradient.addActivationGradient(activation)
    let dx = gradient.contribution(to: 0)
    let parameters = gradient.parameterGradients()
    if parameters.isEmpty, dx == nil { return }
    gradient.add(
      ExampleNormGradientOperation(norm: norm),
      operands: [dy, .activation(gradient.operand(0)), .statistics(layer: gradient.head)]
        + gradient.parameters,
      results: parameters + [dx].compactMap { $0 })
    if let dx { gradient.contribute(dx, to: 0) }
  }
}

/// dgamma, dbeta and dx of a normalization within each example.
struct ExampleNormGradientOperation<Norm: ExampleNormalization>: GradientOperation {
  let label = "gradient"
  let norm: Norm
  var epilogue: ScalarFunction?

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    guard let index = node.head else { return }
    let layer = planner.model.layers[index]
    let site = ExampleNormSite(
      norm, layer: index, shape: layer.shape, hasThreadVectors: true)
    let (dy, x, moments) = (
      planner.place(node.operands[0]), planner.place(node.operands[1]),
      planner.place(node.operands[2])
    )
    let count = Double(layer.shape.elementCount)
    let epilogue = planner.epilogue(self, node)
    if let result = node.results.last, result.isValueGradient {
      let dx = planner.makePart(result)
      planner.add(
        "\(layer.name)_backward", layers: node.layers, .backward, .perBlock(site.pieces.count),
        ExampleNormBackward(
          site: site, x: x, dy: dy, moments: moments, epilogue: epilogue, dx: dx),
        GradientEpilogue.effects(epilogue, reading: [x, dy, moments])
          + [site.gamma].compactMap { $0.map { .read(.parameter($0)) } } + [.write(dx)],
        replaces: x, operations: (9 + GradientEpilogue.operations(epilogue)) * count)
    }
    let gamma = site.gamma.flatMap { planner.destination(of: $0) }
    let beta = site.beta.flatMap { planner.destination(of: $0) }
    guard gamma != nil || beta != nil else { return }
    let pieces = Partition(
      site.groups.parameters,
      limit: max(1, 2048 * site.groups.parameters / layer.shape.elementCount))
    planner.add(
      "\(layer.name)_parameter_gradient", layers: [index], .backward, .fixed(pieces.count),
      ExampleNormParameterGradient(
        site: site, pieces: pieces, x: x, dy: dy, moments: moments, gamma: gamma, beta: beta),
      (gamma == nil ? [dy] : [x, dy, moments]).map { .read($0) }
        + (site.gamma.flatMap { gamma?.effects(of: $0) } ?? [])
        + (site.beta.flatMap { beta?.effects(of: $0) } ?? []), operations: 5 * count)
  }
}
