#!/usr/bin/env python3
"""Builds the wheel of the Python package, the compiler's program inside:

    python3 Sources/Python/build_wheel.py [--binary BNC] [--into FOLDER]

Without --binary it builds the program first, with Swift's own libraries linked in. It is a build
backend of PEP 517 too, so that `pip install ./Sources/Python` does the same. It needs Python 3.11
and no package; a wheel is a zip file with some lines about itself.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import pathlib
import platform
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def version() -> str:
    """bnc's version as Python spells it: 0.2.0-dev is 0.2.0.dev0."""
    text = (ROOT / "Sources/Driver/Version.swift").read_text(encoding="utf-8")
    found = re.search(r'bncVersion = "(\d+\.\d+\.\d+)(-dev)?"', text)
    if found is None:
        sys.exit("error: Sources/Driver/Version.swift does not say the version")
    return found[1] + (".dev0" if found[2] else "")


def built_binary() -> pathlib.Path:
    """bnc, built by Swift with its libraries linked in."""
    scratch = os.environ.get("BNC_WHEEL_SCRATCH", str(ROOT / ".build-wheel"))
    command = [
        "swift", "build", "--package-path", str(ROOT), "-c", "release", "--product", "bnc",
        "--static-swift-stdlib", "--scratch-path", scratch]
    subprocess.run(command, check=True, stdout=sys.stderr)
    shown = subprocess.run(
        [*command, "--show-bin-path"], check=True, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(shown.stdout.strip()) / "bnc"


def stripped(binary: pathlib.Path) -> bytes:
    """The program without its symbols, where there is a `strip`."""
    copy = subprocess.run(["strip", "-o", "/dev/stdout", str(binary)], capture_output=True)
    return copy.stdout if copy.returncode == 0 and copy.stdout else binary.read_bytes()


def contents(binary: pathlib.Path) -> dict[str, bytes]:
    """The files of the wheel by their paths in it."""
    files = {
        str(path.relative_to(HERE)): path.read_bytes()
        for path in sorted((HERE / "bnc").rglob("*"))
        if path.suffix in (".py", ".c", ".typed")}
    interface = ROOT / "Sources/PluginABI"
    for path in [interface / "Processor.c", *sorted((interface / "include").glob("*.h"))]:
        files[f"bnc/native/PluginABI/{path.relative_to(interface)}"] = path.read_bytes()
    files["bnc/bin/bnc"] = stripped(binary)
    return files


def metadata() -> str:
    """METADATA, of what pyproject.toml says."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        "Metadata-Version: 2.4", f"Name: {project['name']}", f"Version: {version()}",
        f"Summary: {project['description']}", f"Requires-Python: {project['requires-python']}",
        "License-Expression: Apache-2.0", "License-File: LICENSE",
        "Classifier: Typing :: Typed"]
    lines += [f"Requires-Dist: {needed}" for needed in project["dependencies"]]
    for extra, needs in project["optional-dependencies"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {needed}; extra == "{extra}"' for needed in needs]
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    return "\n".join([*lines, "Description-Content-Type: text/markdown", "", readme])


def write_wheel(binary: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """Writes the wheel for this machine's kind of processor into `folder`.

    The program links to the C library and others of the system, so that the tag is that of any
    Linux: what it needs is told where it does not start.
    """
    tag = f"py3-none-linux_{platform.machine()}"
    info = f"bnc-{version()}.dist-info"
    files = contents(binary)
    files[f"{info}/METADATA"] = metadata().encode()
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: bnc\nRoot-Is-Purelib: false\nTag: {tag}\n").encode()
    files[f"{info}/entry_points.txt"] = b"[console_scripts]\nbnc = bnc.__main__:main\n"
    files[f"{info}/licenses/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    records = [f"{path},sha256={digest(data)},{len(data)}" for path, data in files.items()]
    record = f"{info}/RECORD"
    files[record] = "\n".join([*records, f"{record},,", ""]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"bnc-{version()}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            # A time that is always the same, so that the same files make the same wheel.
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if path == "bnc/bin/bnc" else 0o100644) << 16
            archive.writestr(entry, data)
    return wheel


def digest(data: bytes) -> str:
    """As RECORD has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def build_wheel(
    wheel_directory: str, config_settings: Mapping[str, str] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """What pip calls. `--config-settings binary=PATH` names a program that was built before."""
    named = (config_settings or {}).get("binary") or os.environ.get("BNC_EXECUTABLE")
    binary = pathlib.Path(named) if named else built_binary()
    return write_wheel(binary, pathlib.Path(wheel_directory)).name


def main() -> None:
    parser = argparse.ArgumentParser(description="Builds the wheel of bnc's Python package.")
    parser.add_argument("--binary", type=pathlib.Path, help="bnc, built before")
    parser.add_argument("--into", type=pathlib.Path, default=pathlib.Path("dist"))
    options = parser.parse_args()
    binary = options.binary or built_binary()
    if not binary.is_file():
        sys.exit(f"error: {binary}: there is no such program")
    print(f"wrote {write_wheel(binary, options.into)}")


if __name__ == "__main__":
    main()
