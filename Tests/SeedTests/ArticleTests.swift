import Driver
import Foundation
import Testing

/// Protects the articles: their code and their figures are run here, so that they cannot go stale.
@Suite(.serialized, .enabled(if: Place.hasCompiler, "needs a C compiler")) struct ArticleTests {
  /// Protects the commands: each prints what the article says it prints.
  @Test(arguments: Article.withCommands)
  func everyCommandPrintsWhatTheArticleSays(path: String) throws {
    let folder = try Folder()
    let shell = try Shell(in: folder.path)
    var article = try Article(path)
    var changes: [(lines: Range<Int>, text: [String])] = []
    for block in article.blocks("console") {
      var text: [String] = []
      var isSame = true
      for entry in ConsoleEntry.entries(article.lines[block.lines]) {
        let fresh = try shell.run(entry.command)
        if !entry.matches(fresh) {
          isSame = false
          report("`\(entry.command)` prints\n\(fresh.joined(separator: "\n"))", path)
        }
        text += entry.prompt + fresh
      }
      if !isSame { changes.append((block.lines, text)) }
    }
    guard Article.isUpdating, !changes.isEmpty else { return }
    for change in changes.reversed() {
      article.lines.replaceSubrange(change.lines, with: change.text)
    }
    try article.rewrite()
  }

  /// Protects the models: each is the one that `bnc new` writes.
  @Test func everyModelIsAnExample() throws {
    var article = try Article()
    for block in article.blocks("bn").reversed() {
      let lines = Array(article.lines[block.lines])
      let name = try #require(lines.first { $0.hasPrefix("model ") }?.split(separator: " ")[1])
      let text = try ExampleModels.named(String(name)).text
      if lines.joined(separator: "\n") + "\n" == text { continue }
      report("model \(name) is now\n\(text)")
      article.lines.replaceSubrange(
        block.lines,
        with: text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
          .map(String.init))
    }
    if Article.isUpdating { try article.rewrite() }
  }

  /// Protects the tables of single figures: the documents' own, and fresh ones beside them.
  @Test func everyFigureOfTheTables() throws {
    var article = try Article()
    let tables = [
      try Figures.regression(), try Figures.task(), try Figures.fixGamma(), try Figures.example(),
    ]
    for table in tables {
      let rows = try article.table(table.head, in: table.section)
      #expect(rows.count == table.figures.count)
      for (row, figure) in zip(rows, table.figures) {
        let known = [figure.name] + [figure.document].compactMap(\.self)
        #expect(Array(row.cells.dropLast()) == known)
        let printed = row.cells.last.flatMap { Double($0) } ?? .nan
        if abs(printed - figure.value) <= table.tolerance { continue }
        report("\(figure.name) is now \(figure.value)")
        let text =
          figure.value == 0 ? "0" : String(format: "%.\(table.decimals)f", figure.value)
        article.lines[row.line] = "| \((known + [text]).joined(separator: " | ")) |"
      }
    }
    if Article.isUpdating { try article.rewrite() }
  }

  private func report(
    _ what: String, _ path: String = Article.path,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let way = Article.isUpdating ? "the article is rewritten" : "to rewrite it: \(Article.command)"
    Issue.record("\(path): \(what)\n\(way)", sourceLocation: sourceLocation)
  }
}

/// The figures of one of the article's tables, computed anew.
struct Figures {
  var section: String
  var head: String
  var decimals = 8
  var tolerance = 1e-8
  var figures: [(name: String, document: String?, value: Double)]

  static func regression() throws -> Figures {
    let (x, y) = ([[-0.1593055], [0.2306561]], [[1.3864261], [2.8935425]])
    let step = try SeedNetwork(exampleModel("regression")).step(x, y)
    let hand = try SeedNetwork(
      exampleModel("regression", ("like: mxnet", "like: mxnet, eps: 1e-5, fix_gamma: false"))
    ).step(x, y)
    return Figures(
      section: "One batch norm", head: "Figure",
      figures: [
        ("first output", "-0.9871021", step.output.tensor[0]),
        ("gradient of beta", "-4.2799687", try step.gradient("batchnorm1.beta")[0]),
        ("gradient of gamma", "0", try step.gradient("batchnorm1.gamma")[0]),
        ("gradient of the first datum", "-0.0303027", try step.gradient("x.gradient")[0]),
        ("first output by hand, eps 1e-5", "-0.9998685", hand.output.tensor[0]),
        ("gradient of gamma by hand", "0.4925558", try hand.gradient("batchnorm1.gamma")[0]),
      ])
  }

  static func task() throws -> Figures {
    let five = (old: "batch 2", new: "batch 5")
    return Figures(
      section: "One batch norm", head: "Model", decimals: 1, tolerance: 0.3,
      figures: [
        ("batch 2, gamma held at 1", nil, try RegressionTask.loss(exampleModel("regression"))),
        (
          "batch 5, gamma held at 1", nil, try RegressionTask.loss(exampleModel("regression", five))
        ),
        ("batch 2, gamma learns", nil, try RegressionTask.loss(exampleModel("fix_gamma"))),
        ("batch 5, gamma learns", nil, try RegressionTask.loss(exampleModel("fix_gamma", five))),
      ])
  }

  static func fixGamma() throws -> Figures {
    let (x, y) = ([[0.18527887], [-1.23678724]], [[2.57767984], [-1.55019435]])
    let fixed = try SeedNetwork(exampleModel("regression")).step(x, y)
    let hand = try SeedNetwork(exampleModel("fix_gamma", ("like: mxnet", "like: mxnet, eps: 1e-5")))
      .step(x, y)
    let network = try SeedNetwork(exampleModel("fix_gamma"))
    try network.set("batchnorm1.gamma", [0])
    let zero = try network.step(x, y)
    return Figures(
      section: "gamma's gradient", head: "Figure",
      figures: [
        ("gradient of beta", "-1.0274856", try fixed.gradient("batchnorm1.beta")[0]),
        ("gradient of gamma, held at 1", "0", try fixed.gradient("batchnorm1.gamma")[0]),
        (
          "gradient of gamma by hand, eps 1e-5", "-2.1278729",
          try hand.gradient("batchnorm1.gamma")[0]
        ),
        ("gradient of beta, gamma 0", "-1.0274855", try zero.gradient("batchnorm1.beta")[0]),
        ("gradient of gamma, gamma 0", "-4.123798", try zero.gradient("batchnorm1.gamma")[0]),
      ])
  }

  static func example() throws -> Figures {
    let gammas = ["0.2850", "0.7858", "0.2416", "0.6030"]
    let rows = ["0.3491", "0.9625", "0.2959", "0.7385"]
    let network = try SeedNetwork(exampleModel("normalize_scale_shift"))
    try network.set("scale_shift1.gamma", gammas.map { Double($0) ?? .nan })
    let output = try network.step([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]).output.tensor
    return Figures(
      section: "Two halves", head: "gamma",
      figures: (0..<4).map { (gammas[$0], rows[$0], output[8 + $0]) })
  }
}
