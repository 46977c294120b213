import ArgumentParser
import Diagnostics
import Driver
import Lowering

/// What shapes the C, on the command line.
struct PlanArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The machine to write for: \(TargetMachine.listed). The default is the same everywhere.",
      valueName: "target"))
  var target = TargetMachine.x86_64_v3.name

  @Option(help: "Examples per step, in the place of the model's own number.")
  var batch: Int?

  @Option(help: "The numbers to compute with: float, or double to check gradients.")
  var precision = Precision.float

  @Option(help: "on, or off for one kernel an operator, to compare with.")
  var fuse = Switch.on

  @Flag(
    help: ArgumentHelp(
      """
      Take every product of a convolution's sums, and not fewer of transformed numbers where that is \
      faster.
      """))
  var exact = false

  @Option(
    help: ArgumentHelp(
      """
      Train in so much memory, such as 200K or 3M bytes, or in the least that is found: what there is \
      no room for is made once more when its gradient is taken, with the numbers of --exact.
      """, valueName: "size"))
  var memory: MemoryBudget?

  @Option(
    help: ArgumentHelp(
      """
      How many processes a step's examples lie across; each has a plugin for its share, whose host adds \
      up over them. `bnc train` under mpirun compiles it by itself.
      """, valueName: "count"))
  var processes = 1

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      """
      training; evaluation: losses and outputs of batches, nothing that trains; inference: the same of \
      one example at a time; inspection: every value and gradient of a step stays where it can be read, \
      as `bnc step` needs.
      """, valueName: "purpose"))
  var purpose = PlanOptions.Purpose.training

  /// `on` or `off`.
  enum Switch: String, CaseIterable, ExpressibleByArgument {
    case on, off
  }

  func validate() throws {
    if let batch, !(1...65536).contains(batch) {
      throw ValidationError("--batch must be from 1 to 65536.")
    }
    guard (1...65536).contains(processes) else {
      throw ValidationError("--processes must be from 1 to 65536.")
    }
    if processes > 1, purpose != .training {
      throw ValidationError("--processes is about a training, not --for \(purpose.rawValue).")
    }
    if memory != nil, purpose != .training {
      throw ValidationError(
        "--memory is of training: a plugin for \(purpose.rawValue) makes no number twice.")
    }
  }

  /// The options of a compilation.
  func compileOptions() throws -> CompileOptions {
    var options = PlanOptions(
      target: try .named(target), precision: precision, fuses: fuse == .on,
      purpose: purpose, products: exact ? .exact : .fast)
    options.memory = memory
    options.processes = processes
    return CompileOptions(plan: options, batch: batch)
  }
}

extension TargetMachine {
  /// Those that `--target` takes, in a list.
  static let listed = (named.map(\.name) + ["native"]).joined(separator: ", ")
}

extension MemoryBudget: ExpressibleByArgument {
  /// `least`, or bytes as `byteCount` reads them, one at least.
  public init?(argument: String) {
    if argument == "least" {
      self = .least
    } else if let bytes = byteCount(argument), bytes > 0 {
      self = .bytes(bytes)
    } else {
      return nil
    }
  }
}

extension Precision: ExpressibleByArgument {}

extension PlanOptions.Purpose: ExpressibleByArgument {}
