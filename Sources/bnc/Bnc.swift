import ArgumentParser

/// The program: one subcommand a file.
@main
struct Bnc: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bnc",
    abstract: "Compiles a network in a small model language into C, and trains it.",
    subcommands: [Compile.self, Train.self, Evaluate.self, Predict.self, Step.self])
}
