import Glibc

/// Ways of rounding other than to the nearest.
enum RoundingDirection: CaseIterable {
  case up, down, towardZero

  /// What `body` returns, where every operation of this thread rounds this way.
  func whileRounding<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = fegetround()
    fesetround(mode)
    defer { fesetround(before) }
    return try body()
  }

  private var mode: Int32 {
    switch self {
    case .up: FE_UPWARD
    case .down: FE_DOWNWARD
    case .towardZero: FE_TOWARDZERO
    }
  }
}
