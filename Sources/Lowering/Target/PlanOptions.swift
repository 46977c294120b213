import IR

/// What shapes the C beside the model itself.
package struct PlanOptions: Hashable, Sendable {
  /// The machine.
  package var target: TargetMachine
  /// Float, or double for checking gradients.
  package var precision: Precision
  /// Whether kernels are fused; `false` gives one kernel an operator, for comparison.
  package var fuses: Bool
  /// What the plugin is for.
  package var purpose: Purpose
  /// How the sums of convolutions are taken.
  package var products: Products

  /// How the sums of convolutions are taken.
  package enum Products: String, Hashable, Sendable, CaseIterable {
    /// Product by product, as the formula has them.
    case exact
    /// By fewer products of transformed numbers, where that takes less time and float's rounding is
    /// all that it shows in.
    case fast
    /// By those of tiles of 2 x 2 results wherever there are such, or of 4 x 4: for tests.
    case tilesOf2, tilesOf4
    /// Product by product, and weight gradients with channels in the lanes wherever they can be: for
    /// tests.
    case channelGradients
  }

  /// What an inference's C reads where it stands alone, its weights in it, and nobody loads it as a
  /// plugin; nil of a plugin.
  package var embedding: Embedding?

  /// What the caller of a network that stands alone hands over.
  package enum Embedding: String, Hashable, Sendable, CaseIterable {
    /// The data's own bytes; they are scaled inside.
    case bytes
    /// Floats as training sees them, bytes scaled already.
    case float
  }

  /// How much memory a training may take; nil for as much as it takes with nothing made twice.
  package var memory: MemoryBudget?

  /// How many processes a training's batch lies across, each of which has a plugin for its share of the
  /// batch: sums over the batch are then sums over the processes too.
  package var processes = 1

  /// What the plugin is for.
  package enum Purpose: String, Hashable, Sendable, CaseIterable {
    /// Training and evaluation: memory is reused, parameters are updated where their gradient is
    /// made, if that is legal.
    case training
    /// The outputs of one example at a time: channels in the lanes, running statistics folded into
    /// the weights, nothing that trains.
    case inference
    /// The losses and outputs of batches: examples in the lanes, running statistics folded into the
    /// weights, nothing that trains.
    case evaluation
    /// One step inspected: every value and every gradient stays where it can be read.
    case inspection

    /// Whether nothing trains, so that what follows a weight can be folded into it beforehand.
    package var foldsWeights: Bool { self == .inference || self == .evaluation }

    /// Whether buffers share memory, and nobody looks at the values of a step afterwards.
    package var reusesMemory: Bool { self == .training || self == .evaluation }
  }

  /// Options; the defaults are those of `bnc compile`.
  package init(
    target: TargetMachine = .x86_64_v3, precision: Precision = .float, fuses: Bool = true,
    purpose: Purpose = .training, products: Products = .fast, embedding: Embedding? = nil
  ) {
    self.target = target
    self.precision = precision
    self.fuses = fuses
    self.purpose = purpose
    self.products = products
    self.embedding = embedding
  }

  /// Whether it is a training whose batch lies across several processes.
  package var joinsProcesses: Bool { processes > 1 && purpose == .training }

  /// Whether a plan of `model` leaves gradients in the caller's region: for the caller, or side by side
  /// for the other processes. Where a step has several passes, what these add up to lies side by side.
  package func keepsGradientsInRegion(of model: Model) -> Bool {
    purpose == .inspection || (joinsProcesses && model.training.accumulated == 1)
  }

  /// Whether kernels are fused: an inspection keeps every value, so it fuses nothing.
  package var fusesKernels: Bool { fuses && purpose != .inspection }
}
