import Foundation
import Glibc

/// The MPI of this machine, where there is one whose command line the tests know: Open MPI's.
enum MPI {
  static let isThere: Bool = {
    guard let folder = try? Folder(), let shell = try? Shell(in: folder.path) else { return false }
    let said = try? shell.run("mpirun --version 2>&1; command -v mpicc || echo none")
    return said.map { $0.first?.contains("Open MPI") == true && $0.last != "none" } ?? false
  }()

  /// Why tests of it are passed over.
  static let missing = "needs Open MPI: apt-get install openmpi-bin libopenmpi-dev"

  /// What starts `count` processes here, however few cores there are, and as root too. Hosts are not
  /// asked for over a network.
  static func run(_ count: Int) -> String {
    "mpirun \(geteuid() == 0 ? "--allow-run-as-root " : "")--oversubscribe --mca plm isolated -n \(count)"
  }

  /// Whether a process may have a host name of its own here: root's right.
  static let hasHosts: Bool = {
    guard isThere, let folder = try? Folder(), let shell = try? Shell(in: folder.path) else {
      return false
    }
    return (try? shell.run("unshare -u true 2>&1; echo $?")) == ["0"]
  }()

  /// In the place of ssh: a host is a name that this machine has for the processes on it alone. MPI
  /// then takes them for two hosts', and sends by TCP what processes of one host copy.
  static let remoteShell = """
    #!/bin/bash
    while [[ $1 == -* ]]; do shift; done
    exec unshare -u bash -c 'hostname "$1"; shift; exec bash -c "$*"' bash "$@"

    """

  /// What starts a process on each of two such hosts, by the remote shell `agent`.
  static func runOnTwoHosts(agent: String) -> String {
    "mpirun \(geteuid() == 0 ? "--allow-run-as-root " : "")--host hosta:1,hostb:1 "
      + "--mca plm_rsh_agent \(agent) -n 2"
  }
}
