import Foundation
import Testing

/// The cache of compiled plugins, seen from outside: it heals itself, and is the user's alone.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler"), .serialized)
struct CacheTests {
  private let folder: Folder
  private let shell: Shell

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
    let model = """
      model m {
        input x: [2]
        target y: class(2)
        o = x | dense(2)
        loss softmax_cross_entropy(o, y)
      }
      training { batch 16 epochs 1 optimizer sgd(lr: 0.01) }

      """
    try Data(model.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/m.bn"))
    _ = try shell.run("export XDG_CACHE_HOME=$PWD/cache")
  }

  /// What a training says beside its results, and its exit code.
  private func train(_ before: String, _ options: String = "") throws -> [String] {
    try shell.run("\(before); bnc train m.bn \(options) 2>&1 >log; echo $?")
  }

  /// Protects runs from an entry that is damaged in whatever way, or no plugin of bnc: it is compiled
  /// again with one line, before anything of it has run.
  @Test func damagedEntries() throws {
    #expect(try train("true") == ["0"])
    #expect(try shell.run("stat -c %a cache/bnc") == ["700"])
    let entry = try #require(try shell.run("ls $PWD/cache/bnc/*.so").first)
    let foreign = """
      #include <stdio.h>
      __attribute__((constructor)) static void begin(void) { fputs("ran\\n", stderr); }

      """
    try Data(foreign.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/foreign.c"))
    _ = try shell.run("${CC:-clang} -shared -fPIC -o foreign.so foreign.c; touch target")
    for damage in [
      ": >\(entry)", "truncate -s 5000 \(entry)", "echo text >\(entry)",
      "rm \(entry); mkdir \(entry)",
      "rm \(entry); mkdir -p \(entry)/in", "rm \(entry); ln -s $PWD/target \(entry)",
      "cp foreign.so \(entry)", "rm \(entry); mkfifo \(entry)",
      "dd if=/dev/zero of=\(entry) bs=4096 seek=1 count=2 conv=notrunc 2>log",
    ] {
      let said = try train(damage)
      #expect(
        said.count == 2 && said[0].hasPrefix("warning: \(entry): ")
          && said[0].hasSuffix("; it is compiled again") && said[1] == "0", "\(damage): \(said)")
      #expect(try train("true") == ["0"], "\(damage)")
    }
    #expect(try shell.run("cat target") == [])
  }

  /// Protects against what other users may have put there: such a cache is passed over with a warning,
  /// and is neither shown nor cleared.
  @Test func othersCaches() throws {
    #expect(try train("true") == ["0"])
    func warning(_ why: String) -> [String] {
      ["warning: \(folder.path)/cache/bnc: \(why): the cache is passed over", "0"]
    }
    let resolved = try shell.run("pwd")[0]
    func same(_ said: [String], _ expected: [String]) -> Bool {
      said.map { $0.replacing(resolved, with: folder.path) } == expected
    }
    #expect(same(try train("chmod 777 cache/bnc"), warning("can be written by other users")))
    #expect(try shell.run("bnc cache --clear 2>log; echo $?; ls cache/bnc | wc -l") == ["1", "1"])
    #expect(try train("chmod 755 cache/bnc") == ["0"])
    #expect(try shell.run("stat -c %a cache/bnc") == ["700"])
    #expect(
      same(
        try train("mv cache/bnc real; ln -s ../real cache/bnc"),
        warning("is a link, which others may have made")))
  }

  /// Protects who sets HOME: a full path is where the cache is.
  @Test func places() throws {
    let last = "| tail -1"
    #expect(
      try shell.run("(unset XDG_CACHE_HOME; HOME=/nowhere/home bnc cache \(last))")
        == ["0 plugins in /nowhere/home/.cache/bnc; --clear removes them"])
    #expect(
      try shell.run("XDG_CACHE_HOME=/nowhere bnc cache \(last)")
        == ["0 plugins in /nowhere/bnc; --clear removes them"])
    #expect(
      try shell.run("XDG_CACHE_HOME=relative HOME=/nowhere/home bnc cache \(last)")
        == ["0 plugins in /nowhere/home/.cache/bnc; --clear removes them"])
  }

  /// Protects disks: what was not used for the longest time goes first, and a limit lasts.
  @Test func limit() throws {
    for batch in [8, 16, 32] {
      #expect(try train("true", "--batch \(batch)") == ["0"])
    }
    let oldest = try shell.run("ls -tr cache/bnc | head -1")
    // The first is used again, and is the last to go.
    #expect(try train("sleep 0.01", "--batch 8") == ["0"])
    let used = try shell.run("ls -t cache/bnc/*.so | head -1; stat -c %s cache/bnc/*.so | head -1")
    #expect(used[0] == "cache/bnc/\(oldest[0])")
    let bytes = try #require(Int(used[1]))
    #expect(
      try shell.run("bnc cache --limit \(bytes * 3 / 2); ls cache/bnc/*.so").last == used[0])
    #expect(try train("true", "--batch 64") == ["0"])
    #expect(try shell.run("ls cache/bnc/*.so | wc -l; ls \(used[0]) 2>&1 | wc -l").first == "1")
    #expect(try shell.run("bnc cache --limit 12x 2>log; echo $?") == ["1"])
  }

  /// Protects trainings from whoever clears the cache meanwhile, and the other way round.
  @Test func clearedMeanwhile() throws {
    let said = try shell.run(
      "{ for i in 1 2 3 4 5 6; do (bnc train m.bn >log$i 2>&1; echo train $?) & "
        + "(bnc cache --clear >clear$i 2>&1; echo clear $?) & done; } | cat; ls -d cache/bnc/build-* 2>&1 "
        + "| grep -c '/build-[a-zA-Z0-9]*$'")
    #expect(
      said.filter { $0 == "train 0" }.count == 6 && said.filter { $0 == "clear 0" }.count == 6)
    #expect(said.last == "0")
  }
}
