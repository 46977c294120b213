import Diagnostics
import Driver
import IR
import Language
import Lowering
import Operators
import Testing
@testable import Runner

/// Document 001: the forum's question, why gamma's gradient is 0.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler")) struct FixGammaTests {
  private let data = [[0.18527887], [-1.23678724]]
  private let labels = [[2.57767984], [-1.55019435]]

  /// Protects what the questioner saw.
  @Test(arguments: precisions)
  func theQuestion(precision: Precision, rounding: Double) throws {
    let step = try SeedNetwork(exampleModel("regression"), precision).step(data, labels)
    expect(try step.gradient("batchnorm1.beta"), near: [-1.0274856], within: 2e-7 + rounding)
    #expect(try step.gradient("batchnorm1.gamma") == [0])
  }

  /// Protects the figure by hand, at eps 1e-5 and gamma 1.
  @Test(arguments: precisions)
  func byHand(precision: Precision, rounding: Double) throws {
    let text = try exampleModel("fix_gamma", ("like: mxnet", "like: mxnet, eps: 1e-5"))
    let step = try SeedNetwork(text, precision).step(data, labels)
    expect(try step.gradient("batchnorm1.beta"), near: [-1.0274856], within: 2e-7 + rounding)
    expect(try step.gradient("batchnorm1.gamma"), near: [-2.127872943], within: 5e-7 + rounding)
  }

  /// Protects the answer: `fix_gamma: false`. Its gamma starts at 0, because a bound executor's
  /// arrays are zeros until they are filled, and only an operator that holds gamma at 1 hides that.
  @Test(arguments: precisions)
  func theAnswer(precision: Precision, rounding: Double) throws {
    let network = try SeedNetwork(exampleModel("fix_gamma"), precision)
    try network.set("batchnorm1.gamma", [0])
    let step = try network.step(data, labels)
    expect(try step.gradient("batchnorm1.beta"), near: [-1.0274855], within: 2e-7 + rounding)
    expect(try step.gradient("batchnorm1.gamma"), near: [-4.123798], within: 5e-7 + rounding)
  }

  /// Protects the note, which is what the thread exists for: whoever takes MXNet's operator over is
  /// told that gamma will not learn and how to change it; whoever said so is not.
  @Test func theNote() throws {
    func notes(_ name: String) throws -> [Diagnostic] {
      Frontend.check(
        SourceFile(name: name, text: try exampleModel(name)), library: .standard
      ).diagnostics
    }
    let note = try #require(notes("regression").first)
    #expect(note.code == .fixedGamma && note.severity == .note)
    #expect(note.message.contains("held at 1 and does not learn"))
    #expect(try #require(note.help).contains("fix_gamma: false"))
    #expect(try notes("fix_gamma").isEmpty)
  }
}
