import Diagnostics
import Files
import Glibc

/// A program with its arguments, run without a shell. It is in a process group of its own, so that
/// what it started ends with it where a signal asks for the end.
struct Command {
  var path: String
  var arguments: [String]
  /// What is set beside this program's own environment.
  var environment: [String: String] = [:]

  /// How the program ended.
  struct Result {
    /// Its exit status; 128 and the number of the signal that ended it.
    var status: Int32
    /// The start of what it wrote, to standard output and standard error alike.
    var text: String
  }

  /// What is kept of what the program writes.
  private static let mostText = 1 << 16

  /// Runs the program to its end; what it started and left behind is not waited for.
  ///
  /// - Throws: `Failure` where `name`, what the program is, cannot be started, or a signal asks for the
  ///   end of this one.
  func run(as name: String) throws(Failure) -> Result {
    var pipe: [Int32] = [-1, -1]
    guard Glibc.pipe(&pipe) == 0 else { throw .system("\(name) cannot be started", path: path) }
    for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(pipe[0]) }
    // Whoever has the ends of children ignored would not learn how this one ended.
    signal(SIGCHLD, SIG_DFL)
    let (process, code) = spawn(output: pipe[1])
    close(pipe[1])
    guard code == 0 else { throw .system("\(name) cannot be started", path: path, code: code) }
    return try Child(process: process, output: pipe[0]).wait(for: name, path: path)
  }

  private func spawn(output: Int32) -> (process: pid_t, code: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var process: pid_t = 0
    let code = Self.withStrings([path] + arguments) { arguments in
      Self.withStrings(variables) {
        posix_spawn(&process, path, &actions, &attributes, arguments, $0)
      }
    }
    return (process, code)
  }

  /// `NAME=VALUE` of each variable.
  private var variables: [String] {
    var list: [String] = []
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if environment[String(text.prefix { $0 != "=" })] == nil { list.append(text) }
      next += 1
    }
    return list + environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  private static func withStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: strings.count + 1)
    defer { pointers.deallocate() }
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
    pointers[strings.count] = nil
    defer { for index in strings.indices { free(pointers[index]) } }
    return body(pointers)
  }

  /// The program while it runs.
  private struct Child {
    let process: pid_t
    let output: Int32

    func wait(for name: String, path: String) throws(Failure) -> Result {
      var text: [UInt8] = []
      var isOpen = true
      while true {
        if HeldSignals.signal != nil {
          end()
          throw Failure("\(name) was stopped", path: path)
        }
        // Looked at first: what is written before the end is there to be read after it.
        let ended = status()
        if isOpen { isOpen = read(into: &text, waits: ended == nil) } else { usleep(500) }
        if let ended {
          while isOpen, text.count < Command.mostText, hasMore {
            isOpen = read(into: &text, waits: false)
          }
          return Result(status: ended, text: String(decoding: text, as: UTF8.self))
        }
      }
    }

    /// How the program ended, or nil while it runs.
    private func status() -> Int32? {
      var status: Int32 = 0
      switch waitpid(process, &status, WNOHANG) {
      case 0: return nil
      case process: return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
      default: return errno == EINTR ? nil : 127
      }
    }

    private var hasMore: Bool { isReadable(within: 0) }

    private func isReadable(within milliseconds: Int32) -> Bool {
      var wanted = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      return poll(&wanted, 1, milliseconds) > 0
    }

    /// Reads what there is; false once nobody can write any more.
    private func read(into text: inout [UInt8], waits: Bool) -> Bool {
      guard isReadable(within: waits ? 20 : 0) else { return true }
      var part = [UInt8](repeating: 0, count: 1 << 16)
      let count = Glibc.read(output, &part, part.count)
      if count > 0 { text += part[..<min(count, Command.mostText - text.count)] }
      return count > 0 || (count < 0 && errno == EINTR)
    }

    /// Ends the program and what it started: kindly, then by force.
    private func end() {
      kill(-process, SIGTERM)
      for _ in 0..<200 {
        if status() != nil { return }
        usleep(10_000)
      }
      kill(-process, SIGKILL)
      var status: Int32 = 0
      waitpid(process, &status, 0)
    }
  }
}
