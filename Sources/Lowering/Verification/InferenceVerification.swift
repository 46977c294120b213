import Diagnostics
import IR

extension Verifier {
  /// A plan for inference has only kernels for it, and no other plan has one; what a kernel takes a
  /// value to be is what its buffer is; tiles cover their outputs and fit into the registers.
  static func verifyInference(_ plan: KernelPlan, after pass: String) throws(Failure) {
    let isInference = plan.options.purpose == .inference
    for kernel in plan.kernels {
      guard case .inference(let form) = kernel.form else {
        try require(!isInference, after: pass, "\(kernel.name) does not infer")
        continue
      }
      try require(isInference, after: pass, "\(kernel.name) infers in a plan that trains")
      for (buffer, layout) in form.values {
        try require(
          plan.elementCount(of: plan[buffer]) == layout.count && layout.channels <= layout.stride,
          after: pass, "\(kernel.name) takes \(plan[buffer].name) for something else")
      }
      for cover in form.covers(lanes: plan.lanes, registers: plan.options.target.registers) {
        try require(cover.holds, after: pass, "\(kernel.name): \(cover.what)")
      }
    }
  }
}

extension InferenceForm {
  /// The buffers that the kernel reads and writes, and what it takes them for.
  fileprivate var values: [(BufferID, ChannelLayout)] {
    switch self {
    case .load(let form): [(form.y, form.layout)]
    case .convolution(let form): [(form.x, form.input), (form.y, form.output)]
    case .dense(let form): [(form.x, form.input)]
    case .affine(let form): [(form.x, form.input), (form.y, form.output)]
    case .pool(let form): [(form.x, form.input), (form.y, form.output)]
    case .activation(let form): [(form.x, form.input), (form.y, form.output)]
    case .sum(let form): Array(zip(form.parts, form.inputs)) + [(form.y, form.output)]
    case .flatten(let form): [(form.x, form.input), (form.y, form.output)]
    }
  }

  /// What must hold of the kernel's tiles.
  fileprivate func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] {
    switch self {
    case .convolution(let form):
      [
        (form.tile.vectors.length * lanes == form.output.stride, "its tiles leave channels out"),
        (form.tile.columns.length == form.output.width, "its tiles leave columns out"),
        (form.rows.length == form.output.height, "its tasks leave rows out"),
        (form.tile.fits(registers), "its tile needs more registers than there are"),
        (form.preparation.vectors == form.tile.vectors.length, "its weight is of another size"),
      ]
    case .dense(let form):
      [
        (form.vectors.length == form.preparation.vectors, "its tiles leave outputs out"),
        (
          form.vectors.largest * form.sums < registers,
          "its sums need more registers than there are"
        ),
      ]
    case .load, .affine, .pool, .activation, .sum, .flatten: []
    }
  }
}
