import Diagnostics
import Testing

@testable import Language

/// `text` in the one layout.
private func format(_ text: String) throws -> String {
  try Formatter.format(SourceFile(name: "test.bn", text: text)).get()
}

@Suite struct FormatterTests {
  /// Protects the layout of the reference model: it is how models are written.
  @Test func referenceIsFormatted() throws {
    #expect(try format(referenceText) == referenceText)
  }

  /// Protects `format` twice being `format` once, and that no comment is lost.
  @Test(arguments: [
    "model m{input x:[3]target t:class( 10 )y=x|dense(10)loss softmax_cross_entropy(y,t)}",
    "training{batch 64 epochs 10}#end",
    "# a\n\n\n# b\nmodel m { # c\n # d\n input x: [3] # e\n # f\n\n # g\n} # h\n# i",
    "model m {\n y = x # first\n | relu # second\n # third\n | relu\n # fourth\n z = y\n}",
    "model m {\ny = (a\n+ b) | conv(\n3,\n\n kernel: 1/2 , # k\n stride: - 1\n) as\n q\n}",
    "block b(c, # first\n k: 3) { out = in | conv(c,kernel:k) }\nmodel m {}\nmodel n {\n}",
    "model m { y = x"
      + String(repeating: " | batchnorm(eps: 1e-5, momentum: 0.9)", count: 9) + " # end\n}",
    "\u{FEFF}model m {\r\n  # c \r\n  y = x\r\n}\r\n",
    "const a=1 # a\nconst b=-(a+2)*-3-a # b\n# m\nmodel m{const c = 2 y=x|relu}",
    "model m { y = x | repeat 3 as a { # first\n relu | repeat 2*2 { relu # second\n} # third\n } | relu }",
    "model m {\n y = (x\n| repeat 3\n as a {\n\nrelu\n\n | relu\n\n }) | relu\n z = y\n}",
    "", "#", "\n\n",
  ])
  func formattingTwiceChangesNothing(_ text: String) throws {
    let once = try format(text)
    #expect(try format(once) == once)
    #expect(once.filter { $0 == "#" }.count == text.filter { $0 == "#" }.count)
    #expect(!once.split(separator: "\n").contains { $0.hasSuffix(" ") })
  }

  /// Protects the layout of constants and values, and of repetitions, whose braces stay where the
  /// writer put them.
  @Test func constantsAndRepetitions() throws {
    #expect(
      try format(
        """
        const a=-1
        const b=(a+2)*-3-a/2
        model m{y=x|repeat 2*(b-1)as unit{relu|b(a-1)as first}|relu
        z = y
        | repeat 3 {
        relu
          | repeat 2 {
          relu
              }
        }
        | relu
        }
        training { batch (1+2) }
        """) == """
          const a = -1
          const b = (a + 2) * -3 - a/2

          model m {
            y = x | repeat 2 * (b - 1) as unit { relu | b(a - 1) as first } | relu
            z = y
              | repeat 3 {
                relu
                | repeat 2 {
                  relu
                }
              }
              | relu
          }

          training {
            batch (1 + 2)
          }

          """)
  }

  /// Protects the layout of what is crammed into a line.
  @Test func cramped() throws {
    let text = """
      block b(c,k:3){out=in|conv(c,kernel:k)as first+in}
      model m{input x:[3]target t:class( 10 )y=(x|dense( 2*10/2 ))+x as sum|relu # why
      loss softmax_cross_entropy(y,t)}training{batch 64 epochs 10}
      """
    // `+` cannot follow a stage: the block's statement is wrong.
    #expect(throws: Formatter.FormattingError.self) { try format(text) }
    #expect(
      try format(text.replacing("as first+in", with: "as first")) == """
        block b(c, k: 3) {
          out = in | conv(c, kernel: k) as first
        }

        model m {
          input  x: [3]
          target t: class(10)
          y = (x | dense(2 * 10/2)) + x as sum | relu  # why
          loss softmax_cross_entropy(y, t)
        }

        training {
          batch 64
          epochs 10
        }

        """)
  }

  /// Protects the signs: a minus between values has a space behind it, that of a number has none.
  @Test func arithmetic() throws {
    #expect(
      try format("model m{y=-a*-0.5-b/255\n-(1-c)*scale(k:-1,by:1/2)}") == """
        model m {
          y = -a * -0.5 - b/255
            - (1 - c) * scale(k: -1, by: 1/2)
        }

        """)
  }
}
