import Glibc

/// A number as C's printf would print it with `%.<digits>g`: no more digits than it has.
package func shortest(_ number: Double, digits: Int) -> String {
  printed(number, "%.*g", digits)
}

/// A number as `%.<decimals>f` would print it.
package func fixed(_ number: Double, decimals: Int) -> String {
  printed(number, "%.*f", decimals)
}

/// A number with all its digits, whole numbers without a point: as a model would have it.
package func plain(_ number: Double) -> String {
  if number == number.rounded(), abs(number) < 1e15 { return String(Int(number)) }
  return "\(number)"
}

/// A whole number with a comma at each thousand: `1,234,567`.
package func grouped(_ number: Int) -> String {
  let digits = String(number.magnitude)
  var result = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
    result.append(digit)
  }
  return number < 0 ? "-" + result : result
}

/// `number` by C's `format`, whose `*` is `digits`.
private func printed(_ number: Double, _ format: String, _ digits: Int) -> String {
  withVaList([Int32(digits), number]) { arguments in
    // The largest double has 309 digits before the point.
    var buffer = [CChar](repeating: 0, count: 320 + digits)
    return buffer.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return "" }
      vsnprintf(base, buffer.count, format, arguments)
      return String(cString: base)
    }
  }
}
