/// The numbers that divide another, for messages.
enum Divisors {
  /// Those of `count`, at most eight of them, such as `1, 2, 3 and 6`.
  static func words(of count: Int) -> String {
    var small: [Int] = []
    var large: [Int] = []
    var number = 1
    while number * number <= count {
      if count % number == 0 {
        small.append(number)
        if number * number < count { large.append(count / number) }
      }
      number += 1
    }
    let all = (small + large.reversed()).map(String.init)
    guard all.count > 8 else {
      return all.count == 1
        ? all[0] : all.dropLast().joined(separator: ", ") + " and " + (all.last ?? "")
    }
    return (all.prefix(7) + ["…", all.last ?? ""]).joined(separator: ", ")
  }
}
