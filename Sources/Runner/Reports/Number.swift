import Glibc

/// A number as C's printf would print it with `%.<digits>g`: no more digits than it has.
package func shortest(_ number: Double, digits: Int) -> String {
  var buffer = [CChar](repeating: 0, count: 64)
  return withVaList([Int32(digits), number]) { arguments in
    buffer.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return "" }
      vsnprintf(base, buffer.count, "%.*g", arguments)
      return String(cString: base)
    }
  }
}

/// A number as `%.<decimals>f` would print it.
package func fixed(_ number: Double, decimals: Int) -> String {
  var buffer = [CChar](repeating: 0, count: 400)
  return withVaList([Int32(decimals), number]) { arguments in
    buffer.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return "" }
      vsnprintf(base, buffer.count, "%.*f", arguments)
      return String(cString: base)
    }
  }
}

/// A whole number with a comma at each thousand.
package func grouped(_ number: Int) -> String {
  let digits = String(number.magnitude)
  var result = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
    result.append(digit)
  }
  return number < 0 ? "-" + result : result
}
