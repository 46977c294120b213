import IR

/// What kernels' contexts need to know of the plan: names, places, the line in the model.
package struct CodegenContext: Sendable {
  package let plan: KernelPlan
  package let memory: MemoryPlan
  /// The names, without folders, of the model file and those that it includes.
  private let sources: [String]
  /// The C functions of the expressions that go by a name.
  private let functions: [ScalarFunction: String]
  /// C for the block that a task is of; nil outside of a kernel that has tasks for each block.
  private var block: String?
  /// Those, in the order in which they have to be defined.
  package let orderedFunctions: [ScalarFunction]

  package init(plan: KernelPlan, memory: MemoryPlan, sources: [String]) {
    self.plan = plan
    self.memory = memory
    self.sources = sources
    var functions: [ScalarFunction: String] = [:]
    var ordered: [ScalarFunction] = []
    var taken: Set<String> = []
    for function in plan.kernels.flatMap(\.spec.functions).flatMap(\.withCallees)
    where functions[function] == nil && !function.isWrittenInPlace {
      var name = "vec_\(function.name)"
      var number = 2
      while !taken.insert(name).inserted {
        name = "vec_\(function.name)_\(number)"
        number += 1
      }
      functions[function] = name
      ordered.append(function)
    }
    self.functions = functions
    orderedFunctions = ordered
  }

  /// The model file's name.
  package var source: String { sources.first ?? "" }

  /// `mnist_cnn.bn:9`
  package func line(of layer: Int) -> String {
    let place = plan.model.layers[layer].range.lower
    let file = sources.indices.contains(place.file) ? sources[place.file] : source
    return "\(file):\(place.line)"
  }

  /// A layer's name.
  package func layer(_ index: Int) -> String { plan.model.layers[index].name }

  /// The names of layers, in a list.
  package func layers(_ indices: [Int]) -> String { indices.map(layer).joined(separator: ", ") }

  /// What a layer computes.
  package func formula(of layer: Int) -> String { plan.model.layers[layer].op.base.formula }

  // What is called after a layer, a block or an input has a prefix that no other name of the C
  // begins with: a user may call a layer `first`, `main` or `INFINITY`.

  /// The C function of a kernel.
  package func function(_ kernel: Kernel) -> String {
    function(kernel.original ?? kernel.name)
  }

  /// The C function that is called `name`, after a layer.
  package func function(_ name: String) -> String { "k_\(name)" }

  /// A buffer's enumerator.
  package func buffer(_ id: BufferID) -> String { buffer(plan[id]) }

  /// A buffer's enumerator.
  package func buffer(_ buffer: Buffer) -> String { buffer.enumerator }

  /// The names within the C of `kernel`.
  fileprivate func within(_ kernel: Kernel) -> CodegenContext {
    var names = self
    if case .perBlock(let count) = kernel.tasks {
      names.block = count == 1 ? "task" : "task / \(count)"
    }
    return names
  }

  /// C for the vectors of a buffer. Those of a part are where the block of the task at hand is found
  /// by the part's own size.
  package func lanes(_ id: BufferID) -> String {
    guard let others = plan.others(of: id) else { return "lanes_at(s, \(buffer(id)))" }
    guard let block else { fatalError("\(plan[id].name) is a part, and no block is at hand") }
    return "part_at(s, \(buffer(id)), \(block), \(others))"
  }

  /// Whether a buffer's blocks lie further apart than they are large.
  package func isPart(_ id: BufferID) -> Bool { plan.others(of: id) != nil }

  /// C for how many vectors lie from a block of a part to the next, and for its first one; of a whole,
  /// whose blocks follow each other, for its first vector alone.
  package func pitched(_ id: BufferID) -> [String] {
    let first = "lanes_at(s, \(buffer(id)))"
    guard let others = plan.others(of: id) else { return [first] }
    return ["\(others + plan.layouts.numbersOfExample(plan[id].layout))", first]
  }

  /// Of what the layers of a network that stands alone can see the member for input `index`.
  package func input(_ index: Int) -> String { "in_\(plan.model.inputs[index].name)" }

  /// A tensor's member in `struct parameters` or `struct state`: `conv1_weight`.
  package func member(_ tensor: TensorID) -> String {
    "\(layer(tensor.layer))_\(tensor.role.rawValue)"
  }

  /// C for a parameter.
  package func parameter(_ tensor: TensorID) -> String {
    "s->\(standsAlone ? "weights" : "parameters")->\(member(tensor))"
  }

  /// C for a weight: what `prepare` made of it, or the parameter as it is.
  package func weight(_ tensor: TensorID, _ weights: PackedWeights?) -> String {
    weights.map { "\(prepared($0.layer))_weight" } ?? parameter(tensor)
  }

  /// C for the bias beside it; nil where there is none.
  package func bias(_ tensor: TensorID?, _ weights: PackedWeights?) -> String? {
    weights.map { "\(prepared($0.layer))_bias" } ?? tensor.map(parameter)
  }

  /// The shape of a layer's first operand.
  package func inputShape(of layer: Int) -> String {
    plan.model.shape(of: plan.model.layers[layer].operands[0]).description
  }

  /// The shape of a layer's result.
  package func outputShape(of layer: Int) -> String {
    plan.model.layers[layer].shape.description
  }

  /// Whether one buffer lies where another does.
  package func sharePlace(_ first: BufferID, _ second: BufferID) -> Bool {
    memory.places[first.index].offset == memory.places[second.index].offset
  }

  /// An expression as C over vectors, its variables being what `values` says.
  package func vector(_ expression: ScalarExpression, _ values: [String: String]) -> String {
    ScalarPrinter(domain: vectorDomain, functions: functions, values: values).text(expression)
  }

  /// A call of `function` as C over vectors.
  package func vector(_ function: ScalarFunction, _ arguments: [String]) -> String {
    vector(
      .call(function, function.parameters.map(ScalarExpression.variable)),
      Dictionary(uniqueKeysWithValues: zip(function.parameters, arguments)))
  }

  /// C for what `prepare` made of a layer's weights, to be followed by `_weight` or the like.
  package func prepared(_ index: Int) -> String {
    "s->\(standsAlone ? "weights" : "prepared")->\(layer(index))"
  }

  /// Whether the C has its weights in it, and no host.
  package var standsAlone: Bool { plan.options.embedding != nil }

  /// Expressions as C over numbers of type `real`, after declarations of what they compute more
  /// than once.
  package func scalars(
    _ expressions: [ScalarExpression], _ values: [String: String]
  ) -> (declarations: [String], texts: [String]) {
    ScalarPrinter(domain: .scalar, functions: [:], values: values).sharing(
      expressions.map(\.inlined))
  }

  /// An expression as C over numbers of type `real`.
  package func scalar(_ expression: ScalarExpression, _ values: [String: String]) -> String {
    ScalarPrinter(domain: .scalar, functions: [:], values: values).text(expression.inlined)
  }

  /// An expression as C over doubles, its variables by their own names.
  package func double(_ expression: ScalarExpression) -> String {
    ScalarPrinter(domain: .double, functions: [:], values: [:]).text(expression.inlined)
  }

  /// A comparison as C over doubles.
  package func double(_ condition: ScalarExpression.Condition) -> String {
    ScalarPrinter(domain: .double, functions: [:], values: [:]).comparison(condition)
  }

  /// The definition of a function that kernels call.
  package func definition(of function: ScalarFunction) -> String {
    ScalarPrinter(domain: vectorDomain, functions: functions, values: [:]).definition(
      of: function, name: functions[function] ?? function.name)
  }

  /// How what is computed of vectors is written where these are numbers.
  private var vectorDomain: ScalarPrinter.Domain {
    plan.options.target.hasVectors ? .vector : .number
  }

  /// C for where the gradient of `tensor` goes, number by number: the tensor itself where it moves
  /// at once.
  package func place(of tensor: TensorID, _ destination: GradientDestination) -> String {
    switch destination {
    case .update: "s->parameters->\(member(tensor))"
    case .buffer(let id): "s->scratch + \(buffer(id))"
    case .region: "s->gradients->\(member(tensor))"
    }
  }

  /// C that does with a gradient what is to be done with it, at a place in what `pointer` points
  /// to.
  package func store(
    _ value: String, into pointer: String, at index: String, _ destination: GradientDestination
  ) -> String {
    guard case .update(let optimizer) = destination else {
      return "\(pointer)[\(index)] = \(value);"
    }
    return "\(taking(by: optimizer))(&\(pointer)[\(index)], \(value), s);"
  }

  /// C that does so with the gradients of a row of at most a vector.
  package func storeRow(
    _ value: String, into pointer: String, at index: String, count: String,
    _ destination: GradientDestination
  ) -> String {
    let arguments = "&\(pointer)[\(index)], \(value), \(count)"
    guard case .update(let optimizer) = destination else { return "store_row(\(arguments));" }
    return "\(taking(by: optimizer, "_row"))(\(arguments), s);"
  }

  /// The C function by which one of the model's optimizers moves a number, or what `form` says.
  package func update(by optimizer: Int, _ form: String = "") -> String {
    let keyword = plan.model.training.optimizers[optimizer].keyword
    return "\(keyword)_update\(form)\(Self.suffix(ofOptimizer: optimizer))"
  }

  /// The C function that takes the gradient of a number: it moves it, or adds the gradient to those
  /// of other passes.
  package func taking(by optimizer: Int, _ form: String = "") -> String {
    guard plan.model.training.accumulated > 1 else { return update(by: optimizer, form) }
    let keyword = plan.model.training.optimizers[optimizer].keyword
    return "\(keyword)_accumulate\(form)\(Self.suffix(ofOptimizer: optimizer))"
  }

  /// What the names of an optimizer end with that is for some parameters: `_2`.
  package static func suffix(ofOptimizer index: Int) -> String {
    index == 0 ? "" : "_\(index + 1)"
  }
}

extension GradientDestination {
  /// What a function calls where it stores a weight's gradient.
  package var target: String { moves ? "weight" : "dweight" }
}

extension ScalarFunction {
  /// This function after those that it calls.
  fileprivate var withCallees: [ScalarFunction] { body.functions + [self] }

  /// Whether a call of it is written as what it computes: one operator of its parameters and
  /// numbers, or a function that the vectors have under its name.
  package var isWrittenInPlace: Bool {
    switch body {
    case .binary(let function, .variable, .variable), .binary(let function, .variable, .constant),
      .binary(let function, .constant, .variable):
      return function.isOperator
    case .unary(let function, .variable): return function.rawValue == name || function == .negate
    default: return false
    }
  }
}

extension Kernel {
  /// What fills in the kernel's template.
  package func context(
    _ names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    spec.context(of: self, names: names.within(self), sharing: &shared)
  }
}
