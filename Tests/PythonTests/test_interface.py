"""Protects against C structures that Python sees in another way than C does."""

import ctypes
import re
import subprocess

from conftest import ROOT

from bnc import _abi, _executable
from bnc.version import __version__

STRUCTURES = {
    "bnc_regions": _abi.Regions, "bnc_batch": _abi.Batch, "bnc_step": _abi.Step,
    "bnc_result": _abi.Result, "bnc_value": _abi.Value, "bnc_measure": _abi.Measure,
    "bnc_hyperparameter": _abi.Hyperparameter, "bnc_plateau": _abi.Plateau,
    "bnc_tensor": _abi.Tensor, "bnc_whitening": _abi.Whitening, "bnc_view": _abi.View,
    "bnc_plugin": _abi.Table,
}


def test_structures_are_those_of_the_headers(tmp_path):
    lines, wanted = [], []
    for name, structure in STRUCTURES.items():
        lines.append(f"sizeof({name})")
        wanted.append(ctypes.sizeof(structure))
        for field, *_ in structure._fields_:
            lines.append(f"offsetof({name}, {field.rstrip('_')})")
            wanted.append(getattr(structure, field).offset)
    constants = ["BNC_ABI_VERSION", "BNC_ALIGNMENT", "BNC_AVERAGE", "BNC_SLOTS", "BNC_LISTED"]
    wanted += [_abi.VERSION, _abi.ALIGNMENT, _abi.AVERAGE, _abi.SLOTS, _abi.LISTED]
    printed = "".join(f'  printf("%d\\n", (int)({line}));\n' for line in lines + constants)
    (tmp_path / "sizes.c").write_text(
        "#include <stddef.h>\n#include <stdio.h>\n#include \"bnc_plugin.h\"\n"
        f"int main(void) {{\n{printed}  return 0;\n}}\n")
    include = ROOT / "Sources/PluginABI/include"
    subprocess.run(
        [_executable.c_compiler(), f"-I{include}", tmp_path / "sizes.c", "-o", tmp_path / "sizes"],
        check=True)
    found = subprocess.run([tmp_path / "sizes"], check=True, capture_output=True, text=True).stdout
    assert [int(line) for line in found.split()] == wanted


def test_version_is_that_of_bnc():
    text = (ROOT / "Sources/Driver/Version.swift").read_text()
    assert re.search(r'"(.*)"', text)[1] == __version__
