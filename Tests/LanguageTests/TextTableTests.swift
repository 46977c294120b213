import Diagnostics
import Testing

/// Numbers and tables as every command prints them.
@Suite struct TextTableTests {
  /// Protects numbers: thousands are told apart everywhere in the same way, and decimals are exact.
  @Test func numbers() {
    #expect(
      [0, 999, 1_000, 1_234_567, -12, -1_234].map(grouped)
        == ["0", "999", "1,000", "1,234,567", "-12", "-1,234"])
    #expect(grouped(.min) == "-9,223,372,036,854,775,808")
    #expect(fixed(2.345, decimals: 1) == "2.3")
    #expect(fixed(-0.5, decimals: 3) == "-0.500")
    #expect(fixed(.greatestFiniteMagnitude, decimals: 2).count == 312)
    #expect(shortest(0.060423938439, digits: 12) == "0.060423938439")
    #expect(shortest(24000, digits: 6) == "24000")
  }

  /// Protects columns: words to the left, numbers to the right, no spaces at the end of a line.
  @Test func columns() {
    var table = TextTable(.left, .right, rows: [["name", "count", "bytes"], ["a", "1", "20"]])
    table.appendRule()
    table.append(["total", "1,000"])
    #expect(
      table.text == """
        name   count  bytes
        a          1     20
        -------------------
        total  1,000

        """)
    #expect(TextTable(.left).text == "")
  }
}
