"""Protects the wheel: it is whole, and what is in it works by itself."""

import csv
import os
import stat
import subprocess
import sys
import zipfile

import pytest
from conftest import MODEL, ROOT

from bnc import _executable

sys.path.insert(0, str(ROOT / "Sources/Python"))
build_wheel = pytest.importorskip("build_wheel")


@pytest.fixture
def wheel(tmp_path):
    """A wheel whose program calls the bnc that is tested: quicker than to pack that."""
    program = tmp_path / "bnc"
    program.write_text(f'#!/bin/sh\nexec {os.path.abspath(_executable.executable())} "$@"\n')
    program.chmod(0o755)
    name = build_wheel.build_wheel(str(tmp_path), {"binary": str(program)})
    return tmp_path / name


def test_records(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (record,) = [name for name in archive.namelist() if name.endswith("/RECORD")]
        rows = {row[0]: row for row in csv.reader(archive.read(record).decode().splitlines())}
        assert set(rows) == set(archive.namelist())
        for name, digest, size in rows.values():
            data = archive.read(name)
            if name != record:
                assert digest == f"sha256={build_wheel.digest(data)}" and int(size) == len(data)
        text = archive.read(record.replace("RECORD", "METADATA")).decode()
        assert text.startswith("Metadata-Version: 2.4\nName: bnc\nVersion: ")
        assert "Requires-Dist: numpy>=" in text and "bnc/py.typed" in rows
        mode = archive.getinfo("bnc/bin/bnc").external_attr >> 16
        assert stat.S_IMODE(mode) == 0o755


def test_the_package_works_out_of_the_wheel(wheel, tmp_path):
    """With the program and the headers of the wheel, far from a clone of bnc."""
    folder = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    (folder / "bnc/bin/bnc").chmod(0o755)
    environment = {k: v for k, v in os.environ.items() if k != _executable.ENVIRONMENT}
    program = f"""
import bnc, sys
assert bnc.__file__.startswith(sys.argv[1])
network = bnc.compile('''{MODEL}''')
print(network.fit([[1, 2, 3, 4]] * 8, [1] * 8, epochs=3)["loss"][-1], bnc._executable.executable())
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True,
        env={**environment, "PYTHONPATH": str(folder)}, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    version = subprocess.run(
        [sys.executable, "-m", "bnc", "--version"], capture_output=True, text=True,
        env={**environment, "PYTHONPATH": str(folder)}, cwd=tmp_path)
    assert version.returncode == 0 and version.stdout.strip(), version.stderr
    assert done.stdout.split()[1] == str(folder / "bnc/bin/bnc")
