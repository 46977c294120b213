import Glibc
import PluginABI

/// How many threads can run at a time here: the cores that this process may use, and no more than a
/// container's quota pays for.
package func availableCores() -> Int {
  let cores = Int(bnc_available_processors())
  return max(1, min(cores, coresOfQuota() ?? cores))
}

/// How many threads can run at a time on this host, whatever cores this process was bound to.
package func coresOfHost() -> Int {
  let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  return max(1, min(cores, coresOfQuota() ?? cores))
}

/// The quota of this process's control group in whole cores, rounded up.
private func coresOfQuota() -> Int? {
  guard let file = fopen("/sys/fs/cgroup/cpu.max", "re") else { return nil }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 64)
  guard fgets(&line, Int32(line.count), file) != nil else { return nil }
  let text = line.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
  guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0 else { return nil }
  return (numbers[0] + numbers[1] - 1) / numbers[1]
}
