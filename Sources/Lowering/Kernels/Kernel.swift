import IR

/// One function of the generated C, when it runs, and all that it touches.
package struct Kernel: Sendable {
  /// Its name, as users see it.
  package var name: String
  /// The layers that it works for; none of the input and the loss.
  package var layers: [Int]
  /// When it runs.
  package var phase: Phase
  /// Into how many tasks, of any order and on any thread, it is cut.
  package var tasks: Tasks
  /// What it computes, and the template that says so in C.
  package var spec: any KernelSpec
  /// All that it reads and writes.
  package var effects: [Effect]
  /// A buffer that its result may take the place of: number by number it reads before it writes.
  package var replaces: BufferID?
  /// Multiplications and additions for a full batch.
  package var operations: Double
  /// The kernel whose function it is, where it makes once more what that one has made before.
  package var original: String?

  /// When a kernel runs.
  package enum Phase: Hashable, Sendable {
    /// In every forward pass.
    case forward
    /// Only where batch norms use the batch's statistics.
    case trainingForward
    /// The loss.
    case loss
    /// What only a training makes of the loss.
    case trainingLoss
    /// After the loss turned out to be finite.
    case backward
    /// After the gradients: the running statistics move.
    case state

    /// Whether kernels of this phase run before the loss.
    package var isForward: Bool {
      switch self {
      case .forward, .trainingForward: true
      case .loss, .trainingLoss, .backward, .state: false
      }
    }

    /// Whether kernels of this phase make the loss.
    package var isLoss: Bool { self == .loss || self == .trainingLoss }
  }

  /// The tasks of a kernel. They are cut by shape alone, never by the number of threads.
  package enum Tasks: Hashable, Sendable {
    /// One, on the calling thread.
    case serial
    /// This many, whatever the number of examples.
    case fixed(Int)
    /// This many, one after the other on the calling thread, for work that is done before another
    /// thread is awake.
    case inTurn(Int)
    /// This many for each block of the batch.
    case perBlock(Int)
    /// `count` for each group of `blocks` blocks.
    case perGroup(Int, blocks: Int)
  }

  /// The layer whose work the kernel begins with; nil of the input and the loss.
  package var layer: Int? { layers.first }

  /// Buffers that it reads.
  package var reads: [BufferID] { effects.filter(\.reads).compactMap(\.resource.buffer) }

  /// Buffers that it writes.
  package var writes: [BufferID] { effects.filter(\.writes).compactMap(\.resource.buffer) }
}

/// What a kernel computes: one type a template.
package protocol KernelSpec: Hashable, Sendable {
  /// What fills in the template.
  func context(
    of kernel: Kernel, names: CodegenContext, sharing shared: inout SharedFunctions
  ) -> any TemplateContext

  /// The register tile and the like, in words; nil where there is nothing to say.
  var tileText: String? { get }

  /// Functions of one number that its C calls by name.
  var functions: [ScalarFunction] { get }

  /// Sums that its largest tile has in registers; 0 where it has none.
  var tileSums: Int { get }

  /// Vectors of memory that each thread has for itself while it runs a task, and finds in its cache
  /// from task to task, where a buffer for every task would be as far away as any; 0 where it needs
  /// none.
  var threadVectors: Int { get }

  /// What is packed for it before an evaluation; nil where it reads parameters as they are.
  var packedWeights: PackedWeights? { get }

  /// The buffers that it takes to have their channels in the lanes, and how it takes them to lie.
  var values: [(buffer: BufferID, layout: ChannelLayout)] { get }

  /// Whether, with tasks for each block, it finds the block of each value that has examples in its
  /// lanes by `CodegenContext.lanes` and the block's number times the value's vectors, in the template
  /// of a function of `task`: such a value may then be a part of a larger one.
  var acceptsParts: Bool { get }

  /// Values with examples in the lanes that it finds by how far their blocks lie apart
  /// (`CodegenContext.pitched`), whatever its tasks are: these may be parts of larger ones, too.
  var pitched: [BufferID] { get }

  /// What it copies, where it does nothing but copy whole stretches; nil where it does else.
  var copies: [BufferCopy]? { get }

  /// The same kernel that copies no more than `copies`, which are some of its own.
  func copying(_ copies: [BufferCopy]) -> Self

  /// What must hold of its tiles.
  func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)]
}

extension KernelSpec {
  package var tileText: String? { nil }
  package var functions: [ScalarFunction] { [] }
  package var tileSums: Int { 0 }
  package var threadVectors: Int { 0 }
  package var packedWeights: PackedWeights? { nil }
  package var values: [(buffer: BufferID, layout: ChannelLayout)] { [] }
  package var acceptsParts: Bool { false }
  package var pitched: [BufferID] { [] }
  package var copies: [BufferCopy]? { nil }
  package func copying(_ copies: [BufferCopy]) -> Self { self }
  package func covers(lanes: Int, registers: Int) -> [(holds: Bool, what: String)] { [] }
}

/// What fills in a template: its stored properties, by name. A test holds them against the names in
/// the template, because Mustache renders an unknown name as nothing.
package protocol TemplateContext: Sendable {
  /// The file name of the template.
  var template: String { get }
  /// The template itself, where it is none of those that come with bnc.
  var templateText: String? { get }
}

extension TemplateContext {
  package var templateText: String? { nil }
}

extension Kernel {
  /// The layer whose work a layer's kernel begins with.
  package var head: Int {
    guard let layer = layers.first else { fatalError("\(name) is no layer's kernel") }
    return layer
  }
}
