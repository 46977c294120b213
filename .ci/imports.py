#!/usr/bin/env python3
"""Holds the imports of each Swift target against what Package.swift declares for it, both ways.

swift build --explicit-target-dependency-import-check error is meant for this, but on Linux it says
nothing (Swift 6.3.1: bnc, with an undeclared import of CodeGeneration, built from nothing).
"""

import json
import pathlib
import re
import subprocess
import sys

# Modules that come with Swift.
TOOLCHAIN = {"Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Testing"}

IMPORT = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+|package\s+|internal\s+|private\s+|public\s+)*import\s+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)", re.M)


def main():
    described = subprocess.run(
        ["swift", "package", "describe", "--type", "json"], check=True, stdout=subprocess.PIPE)
    targets = json.loads(described.stdout)["targets"]
    # Executables are declared by the tests that run them, which need not import them.
    executables = {target["name"] for target in targets if target["type"] == "executable"}
    faults = []
    for target in targets:
        if target["module_type"] != "SwiftTarget":
            continue
        imported = set()
        for source in target["sources"]:
            imported.update(IMPORT.findall(
                pathlib.Path(target["path"], source).read_text(encoding="utf-8")))
        declared = set(target.get("target_dependencies", []))
        declared.update(target.get("product_dependencies", []))
        name = target["name"]
        faults += [f"{name} imports {module}, which Package.swift does not declare for it"
                   for module in sorted(imported - declared - TOOLCHAIN)]
        faults += [f"Package.swift declares {module} for {name}, which does not import it"
                   for module in sorted(declared - imported - executables)]
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


main()
