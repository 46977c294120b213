import IR

/// Gradients whose parameters lie side by side begin their way to the other processes.
struct ProcessSumBegin: GraphOperation {
  let label = "begin_sum"
  /// In the order in which they lie in memory.
  let tensors: [TensorID]
  /// Numbers from the first to the last, those of parameters between them that do not learn too.
  let count: Int

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    let model = planner.model
    planner.add(
      "\(model.layers[tensors[0].layer].name)_\(tensors[0].role.rawValue)_sum_begin", layers: [],
      .backward, .serial,
      ProcessSumBeginKernel(tensors: tensors, count: count),
      tensors.map { .update(planner.gradientResource(of: $0)) }, operations: 0)
  }
}

/// Waits for the gradients of all processes.
struct ProcessSumEnd: GraphOperation {
  let label = "end_sums"
  let tensors: [TensorID]

  func plan(_ node: Graph.Node, in planner: inout KernelPlanner) {
    planner.add(
      "gradient_sums_end", layers: [], .backward, .serial, ProcessSumEndKernel(),
      tensors.map { .update(planner.gradientResource(of: $0)) }, operations: 0)
  }
}

extension KernelPlanner {
  /// Where the gradient of `tensor` lies that goes to the other processes.
  fileprivate func gradientResource(of tensor: TensorID) -> Resource {
    keepsGradientsInRegion ? .gradient(tensor) : .slots(tensor)
  }
}

struct ProcessSumBeginKernel: KernelSpec {
  let tensors: [TensorID]
  /// Numbers from the first to the last.
  let count: Int

  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    func name(_ tensor: TensorID) -> String {
      "\(names.layer(tensor.layer)).\(tensor.role.rawValue)"
    }
    let passes = names.plan.model.training.accumulated > 1
    return ProcessSumBeginContext(
      name: names.function(kernel), first: name(tensors[0]),
      last: tensors.count > 1 ? name(tensors[tensors.count - 1]) : nil,
      gradient: passes
        ? names.gradientSum(of: tensors[0]) : names.place(of: tensors[0], .region),
      count: count, inLastPass: passes)
  }
}

struct ProcessSumBeginContext: TemplateContext {
  var template: String { "Processes/sum_begin.c.mustache" }
  let name, first: String
  let last: String?
  let gradient: String
  let count: Int
  let inLastPass: Bool
}

struct ProcessSumEndKernel: KernelSpec {
  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    ProcessSumEndContext(
      name: names.function(kernel), inLastPass: names.plan.model.training.accumulated > 1)
  }
}

struct ProcessSumEndContext: TemplateContext {
  var template: String { "Processes/sums_end.c.mustache" }
  let name: String
  let inLastPass: Bool
}

/// Numbers become their mean over the processes, each of which counts by its examples.
package struct ProcessMean: KernelSpec {
  /// Whose numbers they are, in words.
  let layer: Int
  let what: String
  let numbers: BufferID
  let start, count: Int
  /// Numbers a channel and example, where the second half are variances that each share divides by one
  /// less than its numbers.
  let unbiasedPlane: Int?
  let sums: BufferID

  package func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext {
    shared.define(.doublesAt)
    shared.define(.meanOverProcesses)
    return ProcessMeanContext(
      name: names.function(kernel), layer: names.layer(layer), source: names.line(of: layer),
      what: what,
      numbers: "s->scratch + \(names.buffer(numbers))" + (start > 0 ? " + \(start)" : ""),
      count: count, plane: unbiasedPlane, half: count / 2, sums: names.buffer(sums))
  }
}

struct ProcessMeanContext: TemplateContext {
  var template: String { "Processes/mean.c.mustache" }
  let name, layer, source, what, numbers: String
  let count: Int
  /// Numbers a channel and example, where the second half of the numbers are variances to be unbiased.
  let plane: Int?
  let half: Int
  let sums: String
}

extension SharedText {
  /// A place in scratch as doubles.
  package static let doublesAt = SharedText(
    "doubles_at", template: "Processes/doubles_at.c.mustache")

  /// The mean over the processes.
  static let meanOverProcesses = SharedText(
    "mean_over_processes", template: "Processes/mean_over_processes.c.mustache")
}

extension KernelPlanner {
  /// Room for `count` doubles.
  package mutating func makeDoubles(_ name: String, _ count: Int) -> BufferID {
    makeBuffer(name, .numbers([count, MemoryLayout<Double>.size / options.precision.bytes]))
  }

  /// Makes numbers of a layer, `count` from `start` on in a buffer, their mean over the processes.
  package mutating func addProcessMean(
    _ name: String, _ what: String, of layer: Int, _ phase: Kernel.Phase,
    numbers: BufferID, from start: Int, count: Int, unbiasedPlane: Int? = nil
  ) {
    let sums = makeDoubles("\(name)_sums", count)
    add(
      name, layers: [layer], phase, .serial,
      ProcessMean(
        layer: layer, what: what, numbers: numbers, start: start, count: count,
        unbiasedPlane: unbiasedPlane, sums: sums),
      [.update(.buffer(numbers)), .write(sums)], operations: 0)
  }
}

extension CodegenContext {
  /// C for how many examples the batch has: over all processes, where it lies across several.
  package var exampleCount: String {
    plan.options.joinsProcesses ? "s->examples" : "s->count"
  }
}
