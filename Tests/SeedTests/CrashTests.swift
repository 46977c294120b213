import Foundation
import Testing

/// Compiled code that crashes, seen from outside: a compiler changes one place of the C on its way.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler"), .serialized)
struct CrashTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
    try write(
      """
      model m {
        input x: [2]
        target y: class(2)
        o = x | dense(8) | batchnorm | relu | dense(2)
        loss softmax_cross_entropy(o, y)
      }
      training { batch 64 epochs 3 optimizer momentum(lr: 0.01) }

      """, to: "m.bn")
    // What crashes does not say so twice.
    _ = try shell.run("export SWIFT_BACKTRACE=enable=no; ulimit -c 0")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  /// Writes `cc`, a compiler to which `function` begins with `statement`, and is not inlined.
  private func writeCompiler(
    _ statement: String, in function: String = "k_batchnorm1_forward"
  ) throws {
    try write(
      """
      #!/bin/sh
      for f in "$@"; do
        case $f in
          *.c) sed -i -e '/^static void \(function)(/,/{$/s|{$|{ \(statement)|' \
            -e 's|^static void \(function)(|static __attribute__((noinline)) void \(function)(|' \
            "$f" ;;
        esac
      done
      exec "${BNC_CC:-clang}" -w "$@"
      """, to: "cc")
    _ = try shell.run("chmod +x cc; export XDG_CACHE_HOME=$PWD/cache")
  }

  /// The process's main thread waits for another one to crash.
  private static let inWorker =
    "extern int getpid(void), gettid(void); while (getpid() == gettid()) { }"
  private static let nullWrite = "*(volatile int *)0 = 1;"

  /// A crash: what the C does, on how many threads, and what is said of it.
  struct Crash: Sendable, CustomTestStringConvertible {
    let statement: String
    var threads = 1
    let words: String
    var testDescription: String { "\(words), \(threads) threads: \(statement)" }
  }

  static let crashes: [Crash] = {
    let address = "SIGSEGV, an address that is not its own"
    var all = [
      Crash(statement: nullWrite, words: address),
      Crash(statement: "\(inWorker) \(nullWrite)", threads: 2, words: address),
      // In a function of the C library, and in none at all.
      Crash(
        statement: "volatile long at = 8; __builtin_memset((void *)at, 1, 4096);", words: address),
      Crash(statement: "volatile long at = 0; ((void (*)(void))at)();", words: address),
      // A file in memory that has nothing in it.
      Crash(
        statement:
          "extern int memfd_create(const char *, unsigned); extern void *mmap(void *, unsigned long, int, int, "
          + "int, long); *(volatile char *)mmap(0, 4096, 1, 1, memfd_create(\"m\", 0), 0);",
        words: "SIGBUS, an address with nothing behind it"),
      // There is no stack left for a handler.
      Crash(
        statement:
          "volatile char much[1 << 26]; for (int k = 0; k < 1 << 26; k += 1024) much[k] = 1;",
        words: address),
    ]
    #if arch(x86_64)
      let division = "volatile int one = 1, zero = 0; one = one / zero;"
      let words = "SIGFPE, a division of whole numbers that has no result"
      all += [
        Crash(statement: division, words: words),
        Crash(statement: "\(inWorker) \(division)", threads: 2, words: words),
        Crash(
          statement: "__builtin_trap();",
          words: "SIGILL, an instruction that the processor does not have"),
      ]
    #endif
    return all
  }()

  /// Protects who is hit by a mistake of bnc's or of a compiler's: the message says where it happened
  /// and what to do.
  @Test(arguments: crashes) func inCompiledCode(_ crash: Crash) throws {
    try writeCompiler(crash.statement)
    let said = try shell.run(
      "bnc train m.bn --cc ./cc --threads \(crash.threads) 2>&1 >log; echo $?")
    #expect(
      said.first
        == "error: m.bn: the compiled code crashed in layer 'batchnorm1', kernel k_batchnorm1_forward: "
        + crash.words)
    #expect(
      said.count == 4 && said[1].hasPrefix("help: no model may do that: this is a mistake of"))
    #expect(
      said.suffix(2) == [
        "note: with --checkpoint FILE a training goes on from its last checkpoint", "1",
      ])
  }

  /// Protects the same where layers of the same sizes call one function: the layer is the one that did.
  @Test func inAFunctionOfSeveralLayers() throws {
    try write(
      """
      model m {
        input x: [8]
        target y: class(2)
        o = x | dense(8) | relu | dense(8) | relu | dense(2)
        loss softmax_cross_entropy(o, y)
      }
      training { batch 64 epochs 3 optimizer momentum(lr: 0.01) }

      """, to: "m.bn")
    // The layer crashes that is not the first to call it.
    try writeCompiler(
      "static const void *first; if (!first) first = x; if (x != first) \(Self.nullWrite)",
      in: "dense_bias_relu_forward_of_dense1")
    let said = try shell.run("bnc train m.bn --cc ./cc --threads 1 2>&1 >log; echo $?")
    #expect(
      said.first
        == "error: m.bn: the compiled code crashed in layer 'dense2', kernel k_dense2_forward: "
        + "SIGSEGV, an address that is not its own")
  }

  /// Protects what was learned before a crash: the checkpoint is whole, and the training that goes on
  /// from it ends with the bits of one that did not crash.
  @Test func goesOnFromTheCheckpoint() throws {
    try writeCompiler(Self.inWorker + Self.nullWrite)
    let train = "bnc train m.bn --threads 2 --checkpoint"
    let crashing = "--cc ./cc 2>&1 >log | tail -1"
    #expect(
      try shell.run("\(train) c \(crashing)") == ["note: the checkpoint c was not written yet"])
    _ = try shell.run("\(train) whole --save w >log; \(train) c --epochs 1 >log; cp c before")
    #expect(
      try shell.run("\(train) c --resume \(crashing); cmp c before; ls -A | grep 'bnc-'") == [
        "note: the checkpoint c is whole; to go on from it: "
          + "\(train) c --resume --cc ./cc"
      ])
    #expect(try shell.run("\(train) c --resume --save v >log; echo $?; cmp v w") == ["0"])
  }

  /// Protects what Swift says of its own crashes, and what others do to a process: outside of compiled
  /// code a crash stays what it was, and a file that was being written is whole.
  @Test func elsewhere() throws {
    try write("int fsync(int file) { *(volatile int *)0 = file; return 0; }\n", to: "fault.c")
    let built = try shell.run("${CC:-clang} -w -shared -fPIC -o fault.so fault.c 2>&1; echo $?")
    guard built.last == "0" else {
      print("elsewhere is passed over: no C compiler makes a library to load first")
      return
    }
    let train = "train m.bn --checkpoint c --epochs"
    _ = try shell.run("bnc \(train) 1 >log; cp c before")
    let said = try shell.run(
      "(LD_PRELOAD=$PWD/fault.so bnc \(train) 2 --resume) 2>wrong >log; echo $?; "
        + "cmp c before; grep -c compiled wrong")
    #expect(said == ["139", "0"])
    // What it was writing goes with the next one.
    #expect(try shell.run("ls -A | grep -c '^.c.bnc-'") == ["1"])
    #expect(
      try shell.run("bnc \(train) 2 --resume >log; echo $?; ls -A | grep -c '^.c.bnc-'")
        == ["0", "0"])
    #expect(
      try shell.run(
        "timeout --preserve-status -s SEGV 1 bnc train m.bn --epochs 1000000 >log 2>wrong; echo $?; "
          + "grep -c compiled wrong") == ["139", "0"])
  }
}
