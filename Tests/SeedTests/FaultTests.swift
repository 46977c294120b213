import Foundation
import Testing

/// What the system refuses, what other programs damage, and who stops a command: seen from outside.
@Suite(.enabled(if: Place.hasCompiler, "needs a C compiler"), .serialized)
struct FaultTests {
  private let folder: Folder
  private let shell: Shell

  private static let model = """
    model m {
      input x: [2]
      target y: class(2)
      o = x | dense(8) | batchnorm | relu | dense(2)
      loss softmax_cross_entropy(o, y)
    }
    training { batch 16 epochs 2 optimizer adam(lr: 0.01) }

    """

  init() throws {
    folder = try Folder()
    shell = try Shell(in: folder.path)
    try write(Self.model, to: "m.bn")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }

  private func writeScript(_ text: String, to name: String) throws {
    try write("#!/bin/sh\n" + text, to: name)
    _ = try shell.run("chmod +x \(name)")
  }

  /// Protects what a command writes from each call that the system may refuse it: it ends with a
  /// message and 1, or well; each of its files is then whole, the old one or the new one, and nothing
  /// lies beside it. Of memory less is promised: Swift ends a program that gets none, but its old files
  /// are whole.
  @Test func failingCalls() throws {
    let library = folder.path + "/faults.so"
    let source = Place.root + "/Tests/Faults/faults.c"
    let built = try shell.run(
      "${CC:-clang} -shared -fPIC -o faults.so \(source) -ldl 2>&1; echo $?")
    guard built.last == "0" else {
      print("failingCalls is passed over: no C compiler makes a library to load first")
      return
    }
    // A compiler that is quick: it has compiled this before.
    try writeScript(
      "while [ $# -gt 1 ]; do [ \"$1\" = -o ] && out=$2; shift; done; cp made.so \"$out\"\n",
      to: "cc")
    _ = try shell.run(
      "bnc compile m.bn -o made --target x86-64 >log; cp made/m.so .; mv m.so made.so")
    _ = try shell.run("bnc compile m.bn -o made --target native >log; cp made/m.so plugin.so")
    _ = try shell.run("bnc train m.bn --epochs 1 --save w >log")
    _ = try shell.run("bnc export m.bn --load w --onnx log; bnc freeze m.bn --load w -o net.c >log")
    try write(Self.loop, to: "loop.sh")
    let commands = [
      (
        "train plugin.so --epochs 1 --threads 1 --save o/w --checkpoint o/c --log o/l.csv",
        "w l.csv"
      ),
      ("compile m.bn --target x86-64 --cc ./cc -o o", "m.c m.h m.so"),
      ("freeze m.bn --load w -o o/net.c", "net.c net.h"),
      ("export m.bn --load w --onnx o/m.onnx", "m.onnx"),
    ]
    // Every third one, which takes a third of the time; all of them with BNC_FAULTS=all.
    let isAll = ProcessInfo.processInfo.environment["BNC_FAULTS"] == "all"
    let calls =
      (isAll
        ? ["open 24 1", "mmap 12 1", "malloc 12 700"]
        : ["open 24 3", "mmap 12 5", "malloc 12 5000"])
      + ["write 28 1", "fsync 5 1", "rename 13 1"]
    for (command, files) in commands {
      for call in calls {
        let said = try shell.run(
          ". ./loop.sh; faults \(library) \(call) '\(files)' \(command)")
        #expect(said.count == 1 && said[0].hasPrefix("failed "), "\(call), \(command): \(said)")
      }
    }
    // Threads and programs that cannot be started.
    for (call, command) in [
      ("thread 11 1", "train plugin.so --epochs 1 --threads 3 --save o/w"),
      ("spawn 11 1", "train m.bn --epochs 1 --save o/w"),
    ] {
      let clear = call.hasPrefix("spawn") ? "export XDG_CACHE_HOME=$PWD/spawn; " : ""
      let said = try shell.run("(\(clear). ./loop.sh; faults \(library) \(call) w \(command))")
      #expect(said.count == 1 && said[0].hasPrefix("failed "), "\(call), \(command): \(said)")
    }
  }

  /// `faults LIBRARY CALL ERROR STEP FILES COMMAND...`: the command once for each of its calls, that one
  /// failing; says what was wrong, and how many there were.
  private static let loop = """
    faults() {
      library=$1 call=$2 error=$3 step=$4 files=$5; shift 5
      rm -rf o whole; mkdir o; bnc "$@" >said 2>&1 || echo "fails anyway: $(tail -1 said)"; mv o whole
      number=1
      while [ $number -lt 20000 ]; do
        rm -rf hit o; mkdir o
        for file in $files; do echo old >o/$file; done
        timeout 60 env BNC_FAULT=$call:$number BNC_FAULT_ERROR=$error BNC_FAULT_MARK=$PWD/hit \\
          LD_PRELOAD=$library bnc "$@" >said 2>wrong
        status=$?
        [ -e hit ] || break
        case $call$status in
          malloc124) echo "$number hangs" ;;
          malloc*|*0) ;;
          *1) grep -q '^error' wrong || [ $call = write ] || echo "$number says nothing" ;;
          *) echo "$number ends with $status" ;;
        esac
        for file in $files; do
          cmp -s o/$file whole/$file && continue
          [ $status = 0 ] && echo "$number is no success: $file"
          [ "$(head -c 4 o/$file | tr -d '\\0')" = old ] || echo "$number leaves $file in parts"
        done
        [ $call = malloc ] || ls -A o | grep 'bnc-'
        number=$((number + step))
      done
      echo "failed $number"
    }

    """

  /// Protects a training from a reader that has enough, and from a terminal that closes: what was
  /// learned is saved, as for Ctrl-C. nohup means that it goes on.
  @Test func signalsThatSave() throws {
    let train = "bnc train m.bn --threads 1 --progress plain"
    let piped = try shell.run(
      "(\(train) --epochs 1000000 --save piped; echo $? >status) | sed -n '/^Epoch/{p;q}' | wc -l; cat status; ls piped"
    )
    #expect(piped == ["1", "141", "piped"])
    let isTraining = "grep -sq ^Epoch log"
    let closed = try shell.run(
      stopped("\(train) --epochs 1000000 --save closed >log", by: "HUP", once: isTraining)
        + "; ls closed; rm log")
    #expect(closed == ["129", "closed"])
    let ignored = try shell.run(
      "(trap '' HUP; "
        + stopped("\(train) --epochs 200 --save ignored >log", by: "HUP", once: isTraining) + ")")
    #expect(ignored == ["0"])
  }

  /// The command in the foreground, with a signal once `condition` holds, and its exit code: a shell
  /// that reads its commands from a pipe does not learn of the end of what is in its background.
  private func stopped(_ command: String, by signal: String, once condition: String) -> String {
    "rm -f id; (until \(condition); do sleep 0.05; done; sleep 0.1; kill -\(signal) $(cat id)) & "
      + "sh -c 'echo $$ >id; exec \(command)' 2>said; echo $?"
  }

  /// Protects folders from compilations that are stopped: what they have made goes, the compiler and
  /// what it started end, and so does what a killed one has left.
  @Test(arguments: ["INT", "TERM", "HUP"])
  func stoppedCompilations(signal: String) throws {
    try writeScript("touch $TMPDIR/object; echo $$ >process; sleep 10; exit 1\n", to: "cc")
    // A shell ignores SIGINT for what runs in its background; what it starts has to be told otherwise.
    for (command, place) in [
      ("train m.bn --cc ./cc", "cache/bnc"), ("compile m.bn -o out --cc ./cc", "out"),
    ] {
      let run = "env --default-signal XDG_CACHE_HOME=\(folder.path)/cache bnc \(command) >log"
      let said = try shell.run(
        stopped(run, by: signal, once: "[ -s process ]")
          + "; find \(place) -name object 2>log | wc -l; kill -0 $(cat process) 2>log; echo $?; rm process"
      )
      #expect(said == ["\(signal == "INT" ? 130 : signal == "TERM" ? 143 : 129)", "0", "1"])
      let killed = try shell.run(
        stopped(run, by: "9", once: "[ -s process ]")
          + "; kill -9 -- -$(cat process); rm process; find \(place) -name object | wc -l; "
          + "\(run.replacing("./cc", with: "clang")) 2>said; echo $?; find \(place) -name object | wc -l"
      )
      #expect(killed == ["137", "1", "0", "0"], "\(command)")
    }
  }

  /// Protects whoever names a compiler: words are words, as in make; one that makes nothing is told;
  /// what it leaves running is not waited for.
  @Test func compilers() throws {
    #expect(
      try shell.run("CC='env clang' bnc compile m.bn -o a >log; echo $?; ls a") == [
        "0", "m.c", "m.h", "m.so",
      ])
    // Where `true` lies differs from system to system.
    #expect(
      try shell.run(
        "CC=true bnc compile m.bn -o b >said 2>&1; echo $?; sed 's#/.*/true#true#' said; "
          + "ls b 2>&1 | wc -l")
        == [
          "1", "error: true: the C compiler ended without an error, but made nothing",
          "help: name a C compiler with --cc, BNC_CC or CC", "1",
        ])
    try writeScript("sleep 60 & echo $! >child; exec clang \"$@\"\n", to: "wrapper")
    #expect(
      try shell.run(
        "timeout 50 bnc compile m.bn --cc ./wrapper -o c >log; echo $?; kill $(cat child)")
        == ["0"])
    #expect(
      try shell.run("bnc compile m.bn --output=-fplugin=x >log; echo $?; ls ./-fplugin=x") == [
        "0", "m.c", "m.h", "m.so",
      ])
  }

  /// Protects whoever may open few files: each command ends, and the limit is named.
  @Test func fewDescriptors() throws {
    for count in [4, 5, 6, 8, 12] {
      let said = try shell.run(
        "XDG_CACHE_HOME=$PWD/c\(count) sh -c 'ulimit -n \(count); exec bnc train m.bn --epochs 1' "
          + ">log 2>&1; echo $?; grep -ci 'too many open files' log")
      #expect(said.first == "0" || said.first == "1" && said.last != "0", "\(count): \(said)")
    }
  }

  /// Protects files in a folder that nobody may write to: each command says which file it cannot write, ends
  /// with 1, and leaves the old one; so does one whose file is itself a folder. Root may write anywhere, and
  /// becomes somebody else for this.
  @Test func readOnlyFolders() throws {
    let other = getuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : ""
    _ = try shell.run(
      """
      chmod 755 .; mkdir o shared; chmod 777 shared; bnc train m.bn --epochs 1 --save w >log
      printf '1,2\n' >x.csv
      for name in w c l.csv m.c m.h m.so net.c net.h m.onnx y.npy f; do echo old >o/$name; done; chmod 555 o
      as_other() { XDG_CACHE_HOME=$PWD/shared \(other)"$@"; }
      """)
    let program = Place.build + "/bnc"
    guard try shell.run("as_other \(program) --version >said 2>&1; echo $?") == ["0"],
      try shell.run("as_other sh -c 'echo new >o/w' 2>said; echo $?") != ["0"]
    else {
      print(
        "readOnlyFolders is passed over: nobody else can start bnc here, or all may write anywhere")
      return
    }
    for (command, file) in [
      ("train m.bn --epochs 1 --save o/w", "o/w"),
      ("train m.bn --epochs 1 --checkpoint o/c", "o/c"),
      ("train m.bn --epochs 1 --log o/l.csv", "o/l.csv"),
      ("compile m.bn -o o", "o: no folder"),
      ("freeze m.bn --load w -o o/net.c", "o/net.c"),
      ("export m.bn --load w --onnx o/m.onnx", "o/m.onnx"),
      ("predict m.bn --weights w --input x.csv --save o/y.npy", "o/y.npy"),
      ("format -o o/f m.bn", "o/f"),
    ] {
      let said = try shell.run("as_other \(program) \(command) >out 2>said; echo $?; head -1 said")
      #expect(said.first == "1", "\(command): \(said)")
      #expect(said.last?.hasPrefix("error") == true, "\(command): \(said)")
      #expect(
        said.last?.contains(file) == true || said.last?.contains("'o'") == true,
        "\(command): \(said)")
    }
    #expect(try shell.run("cat o/* | sort -u; ls -A o | wc -l; chmod 755 o") == ["old", "11"])
  }

  /// Protects the statistics from an input whose square is infinite: nothing is saved that nobody can
  /// load.
  @Test func outlier() throws {
    let rows = (0..<40).map { "\($0 == 7 ? "1e30" : "0.\($0)"),0.\($0 * 7 % 10),\($0 % 2)\n" }
    try write(rows.joined(), to: "d.csv")
    let said = try shell.run("bnc train m.bn --data d.csv --save w 2>&1 >log; echo $?")
    #expect(
      said.first?.hasPrefix("error: batchnorm1.running_variance is not finite after step ") == true)
    #expect(said.last == "1")
    #expect(try shell.run("bnc train m.bn --epochs 1 --load w 2>&1 >log; echo $?").last == "0")
  }
}
