import Foundation
import Testing

@testable import Runner

@Suite(.enabled(if: Fixture.isAvailable, "needs clang")) struct RunReportTests {
  private let scratch: Scratch
  private let network: Network
  private let examples: Examples

  init() throws {
    scratch = try Scratch()
    network = try Fixture.network(in: scratch)
    var examples = try Fixture.examples(203)
    examples.classNames = ["<script>alert(1)</script>", "\" onload=\"x", "</pre>\u{301}<img>"]
    self.examples = examples
  }

  /// Protects the worst examples: they are those of a look at every example by itself, in that order,
  /// though most are never looked at alone.
  @Test(arguments: [1, 24, 500]) func findsTheWorst(count: Int) throws {
    let description = network.plugin.description
    _ = try train(Dataset(name: "a", training: examples, test: examples))
    let room = try AlignedMemory(byteCount: 4096)
    let single = try (0..<examples.count).map { index in
      try network.evaluate(
        examples.batch(from: index, count: 1), outputs: [room.bytes.baseAddress]
      ).loss
    }
    let order = single.indices.sorted {
      single[$0] != single[$1] ? single[$0] > single[$1] : $0 < $1
    }
    let worst = try network.worst(count, of: examples)
    #expect(worst.map(\.index) == Array(order.prefix(count)))
    #expect(worst.map(\.loss) == order.prefix(count).map { single[$0] })
    for example in worst.prefix(5) {
      let outputs = try network.predictRow(of: examples, example.index)
      #expect(example.outputs == [outputs] && outputs.count == description.outputs[0].count)
    }
  }

  /// Protects whoever opens the page: no name from the data, the command or the model becomes markup,
  /// and nothing comes from elsewhere.
  @Test func quotesEverything() throws {
    let page = try page(of: examples, text: "# </pre><script>x</script>\r\nmodel m {}\u{1B}[31m")
    #expect(!page.contains("<script"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(page.contains("bnc train &#39;&lt;script&gt;.bn&#39;"))
    #expect(page.contains("U+001B[31m") && !page.contains("U+000D"))
    let known: Set = [
      "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "pre", "div", "table",
      "thead", "tbody", "tr", "th", "td", "svg", "rect", "text", "g", "line", "polyline", "circle",
    ]
    var open: [String] = []
    for match in page.matches(of: #/<(?<end>/?)(?<name>[a-zA-Z0-9]+)(?<rest>[^<>]*)>/#) {
      let name = String(match.name)
      #expect(known.contains(name), "\(name)")
      #expect(!match.rest.contains(#/\son\w+=|src=(?!"data:)|href/#), "\(match.rest)")
      if name == "meta" || match.rest.hasSuffix("/") { continue }
      if match.end == "/" {
        #expect(open.popLast() == name)
      } else {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
    let addresses = page.components(separatedBy: "http").count - 1
    // The name of SVG's elements and http-equiv.
    #expect(addresses == 2 && page.contains("default-src 'none'"))
  }

  /// Protects the numbers: a row for each class with what its row and column of the matrix say.
  @Test func tellsTheClasses() throws {
    let page = try page(of: examples, text: nil)
    let matrix = try #require(try network.evaluate(examples, [.confusion]).confusion)
    for label in 0..<3 {
      let numbers: [Double?] = [
        matrix.precisions[label], matrix.recalls[label], matrix.f1s[label],
      ]
      let cells = numbers.map { number in
        "<td class=\"number\">\(number.map { String(format: "%.6g", $0) } ?? "-")</td>"
      }
      #expect(page.contains("</td>" + cells.joined() + "</tr>"), "\(label)")
    }
    #expect(page.contains("<td>\(matrix.correct) of 203</td>"))
    #expect(page.contains("Its text was not at hand"))
  }

  private static let options = Trainer.Options(epochs: 2, learningRate: 0.1, seed: 3)

  private func train(_ dataset: Dataset) throws -> Trainer.Outcome {
    var trainer = try Trainer(network, dataset: dataset, options: Self.options, stop: .never)
    var report = SilentReport()
    return try trainer.run(report: &report)
  }

  private func page(of examples: Examples, text: String?) throws -> String {
    let description = network.plugin.description
    let dataset = Dataset(name: "a & b", training: examples, test: examples)
    let settings = RunSettings(
      description, Self.options, dataset: dataset, threads: 1, bncVersion: "1",
      command: ["bnc", "train", "<script>.bn"])
    let page = try RunReport(
      network, dataset, settings, try train(dataset), ending: "after all epochs",
      texts: text.map { [.init(name: "m.bn", content: $0)] } ?? [])
    let path = "\(scratch.path)/run.html"
    try page.write(to: path)
    return try String(contentsOfFile: path, encoding: .utf8)
  }
}

extension Network {
  /// What the network makes of one of `examples`.
  fileprivate func predictRow(of examples: Examples, _ index: Int) throws -> [Double] {
    let one = try Examples(examples, chosen: [index])
    let room = try AlignedMemory(byteCount: 4096)
    _ = try evaluate(one.batch(from: 0, count: 1), outputs: [room.bytes.baseAddress])
    let output = plugin.description.outputs[0]
    return (0..<output.count).map {
      plugin.description.elementType.number(
        in: UnsafeRawBufferPointer(room.bytes), at: $0 * plugin.description.elementType.size)
    }
  }
}
