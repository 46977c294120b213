/// The bytes that a size says: `1048576`, or `300K`, `20M`, `2G` of 1024, 1024^2 and 1024^3; nil of
/// other text, and of more than can be counted.
package func byteCount(_ text: some StringProtocol) -> Int? {
  let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
  let unit = text.last.flatMap { units[Character($0.uppercased())] }
  guard let number = Int(unit == nil ? String(text) : String(text.dropLast())), number >= 0 else {
    return nil
  }
  let (bytes, overflows) = number.multipliedReportingOverflow(by: unit ?? 1)
  return overflows ? nil : bytes
}
