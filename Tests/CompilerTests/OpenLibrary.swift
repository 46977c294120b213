import IR
import Lowering
import Operators

// Everything that follows is defined here, in the tests, and nowhere in the compiler.

// snippet: activation
extension Definition<any Operation> {
  /// x / (1 + |x|), an activation.
  static var softsign: Self {
    .elementwise("softsign", "numbers between -1 and 1") { x in x / (1 + .abs(x)) }
  }
}
// snippet end

// snippet: operation of two values
extension Definition<any Operation> {
  /// The larger of two values, number by number.
  static var larger: Self {
    .elementwise("larger", "the larger of two numbers") { a, b in .max(a, b) }
  }
}
// snippet end

// snippet: operation with a kernel
/// Channels in the opposite order: `reverse_channels`. Its gradient is the same again.
struct ReverseChannels: Operation {
  static let definition = Definition<any Operation>(
    "reverse_channels", "the channels in the opposite order"
  ) { _ in ReverseChannels() }

  let keyword = "reverse_channels"

  func resultShape(of operands: [Shape]) throws(ShapeError) -> Shape { operands[0] }

  var formula: String { "y[n, c, i, j] = x[n, C - 1 - c, i, j]" }

  func reference(_ inputs: ReferenceInputs) -> [Double] {
    let shape = inputs.shapes[0]
    let plane = shape.planeCount
    return inputs.operands[0].indices.map { index in
      let channel = index / plane % shape.channels
      return inputs.operands[0][index + (shape.channels - 1 - 2 * channel) * plane]
    }
  }
}

extension ReverseChannels: LoweredOperation, ForwardOperation {
  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    if let x = planner.channels(node.operands[0]) {
      planner.addReversal(node, of: x)
      return
    }
    let layer = node.layers[0]
    let y = planner.makeResult(of: layer, head: layer)
    planner.addReversal("forward", node, .forward, from: planner.place(node.operands[0]), to: y)
  }

  func addGradient(to gradient: inout GradientBuilder) {
    guard let dx = gradient.contribution(to: 0) else { return }
    gradient.add(ReversalGradient(), operands: [gradient.resultGradient], results: [dx])
    gradient.contribute(dx, to: 0)
  }
}

struct ReversalGradient: GraphOperation {
  let label = "gradient"

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let dx = planner.makeContribution(node.results[0])
    planner.addReversal("backward", node, .backward, from: planner.place(node.operands[0]), to: dx)
  }
}

extension KernelPlanner {
  mutating func addReversal(
    _ name: String, _ node: Graph.Node, _ phase: Kernel.Phase, from x: BufferID, to y: BufferID
  ) {
    let layer = model.layers[node.layers[0]]
    add(
      "\(layer.name)_\(name)", layers: node.layers, phase, .perBlock(1),
      Reversal(shape: layer.shape, x: x, y: y), [.read(x), .write(y)], operations: 0)
  }
}

/// The kernel, and what fills in its template.
struct Reversal: KernelSpec {
  let shape: Shape
  let x, y: BufferID

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ReversalContext(
      name: names.function(kernel), layer: names.layer(kernel.head),
      source: names.line(of: kernel.head), formula: names.formula(of: kernel.head),
      x: names.buffer(x), y: names.buffer(y), channels: shape.channels, plane: shape.planeCount)
  }
}

struct ReversalContext: TemplateContext {
  var template: String { "reversal" }
  var templateText: String? {
    """
    // {{layer}} ({{source}}): {{formula}}
    static void {{name}}(const struct step *s, int block) {
      enum { C = {{channels}}, PLANE = {{plane}} };
      const vec *x = lanes_at(s, {{x}}) + block * (C * PLANE);
      vec *y = lanes_at(s, {{y}}) + block * (C * PLANE);
      for (int c = 0; c < C; c++)
        for (int k = 0; k < PLANE; k++) y[c * PLANE + k] = x[(C - 1 - c) * PLANE + k];
    }

    """
  }
  let name, layer, source, formula, x, y: String
  let channels, plane: Int
}
// snippet end

// snippet: channels in the lanes
extension KernelPlanner {
  mutating func addReversal(_ node: Graph.Node, of x: ChannelValue) {
    let y = makeChannelResult(of: node)
    addForward(
      node, .serial,
      ChannelReversal(x: x.buffer, y: y.buffer, input: x.layout, output: y.layout), operations: 0)
  }
}

struct ChannelReversal: KernelSpec {
  let x, y: BufferID
  let input, output: ChannelLayout

  var values: [(buffer: BufferID, layout: ChannelLayout)] { [(x, input), (y, output)] }

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ChannelReversalContext(
      name: names.function(kernel), x: names.buffer(x), y: names.buffer(y),
      channels: output.channels, positions: output.positions, inputStride: input.stride,
      outputStride: output.stride)
  }
}

struct ChannelReversalContext: TemplateContext {
  var template: String { "channel_reversal" }
  var templateText: String? {
    """
    static void {{name}}(const struct step *s, int task) {
      (void)task;
      const real *x = s->scratch + {{x}};
      real *y = s->scratch + {{y}};
      for (int k = 0; k < {{positions}}; k++)
        for (int c = 0; c < {{outputStride}}; c++)
          y[k * {{outputStride}} + c] =
              c < {{channels}} ? x[k * {{inputStride}} + {{channels}} - 1 - c] : 0;
    }

    """
  }
  let name, x, y: String
  let channels, positions, inputStride, outputStride: Int
}
// snippet end

// snippet: loss
extension Definition<any LossFunction> {
  /// log(cosh(x - t)): half the squares of small errors, of large ones only the size.
  static var logCosh: Self {
    Self("log_cosh", "the logarithm of the hyperbolic cosine of the error") { _ in
      ElementwiseLoss("log_cosh") { x, t in
        .abs(x - t) + .softplus(-2 * .abs(x - t)) - 0.6931471805599453
      }
    }
  }
}
// snippet end

// snippet: optimizer
extension Definition<Optimizer> {
  private static var rate: Key<Double> { .real("lr", atLeast: 0, default: 0.1, "the step") }

  /// A step divided by the root of the sum of squares so far, along a mean of gradients.
  static var rooted: Self {
    Self("rooted", "steps that shrink", keyed: [rate.parameter]) {
      arguments throws(ArgumentError) in
      let (mean, total) = (ScalarExpression.variable("mean"), ScalarExpression.variable("total"))
      let g = Optimizer.gradient
      return Optimizer(
        "rooted",
        hyperparameters: [.init("learning_rate", rate, try arguments.value(rate))],
        slots: [.init("mean"), .init("total", start: 0.5)],
        updates: [
          .init("mean", 0.5 * mean + 0.5 * g),
          .init("total", total + g * g),
          .init("p", Optimizer.parameter - Optimizer.learningRate * mean / .sqrt(total)),
        ])
    }
  }
}
// snippet end

// snippet: schedule
extension Definition<Schedule> {
  /// 1 / sqrt(t) (Vaswani et al., 2017).
  static var inverseRoot: Self {
    Self("inverse_root", "the learning rate divided by the root of the step's number") { _ in
      Schedule("inverse_root", factor: 1 / .sqrt(Schedule.step))
    }
  }
}
// snippet end
