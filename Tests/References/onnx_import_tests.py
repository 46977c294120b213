#!/usr/bin/env python3
"""Holds `bnc import` against the ONNX package's own backend tests.

    swift build --product bnc && python3 Tests/References/onnx_import_tests.py [NAME...]

Each test is written as a file whose first input is the network's and whose other ones are tensors in it,
and, where bnc refuses that, as one of which all real inputs are the network's. What is imported is run by
`bnc predict`, and must be within 1e-5 of the largest number that the test expects. A test may be
refused, with a reason; none may crash, and none may come out wrong. Written to
Tests/References/Data/onnx_import_tests.txt: verdict, name and reason.

Needs numpy, safetensors and onnx.
"""

import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import numpy
import onnx
import safetensors.numpy

from onnx_collection import collected

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = ROOT / "Tests/References/Data/onnx_import_tests.txt"
TOLERANCE = 1e-5


def written(test, path, names):
    """The test as a file whose inputs are `names`, all else being constants."""
    model = onnx.ModelProto()
    model.CopyFrom(test.model)
    inputs = {value.name: value for value in model.graph.input}
    del model.graph.input[:]
    for name in names:
        value = inputs[name]
        array = test.inputs[name]
        value.type.tensor_type.shape.CopyFrom(
            onnx.helper.make_tensor_type_proto(value.type.tensor_type.elem_type, array.shape)
            .tensor_type.shape)
        model.graph.input.append(value)
    for name, array in test.inputs.items():
        if name not in names and isinstance(array, numpy.ndarray) and array.dtype.kind in "fiub":
            model.graph.initializer.append(onnx.numpy_helper.from_array(array, name))
    path.write_bytes(model.SerializeToString())


def run(bnc, folder, *arguments):
    return subprocess.run(
        [bnc, *map(str, arguments)], capture_output=True, text=True, cwd=folder, timeout=120)


def attempt(bnc, folder, test, names):
    """Verdict and reason of the test with these inputs."""
    written(test, folder / "net.onnx", names)
    done = run(bnc, folder, "import", "net.onnx", "--force")
    if done.returncode == 1 and "error: " in done.stderr:
        if any((folder / name).exists() for name in ("net.bn", "net.safetensors")):
            return "failed", "refused, and a file is there"
        reason = done.stderr.split("error: net.onnx: ", 1)[-1].splitlines()[0]
        return "refused", re.sub(r"^(node '.*?'|the node) \((.*?)\)( that makes '.*?')? cannot be imported: ", r"\2: ", reason)
    if done.returncode:
        return "failed", f"it ended with {done.returncode}: {done.stderr[-300:]}"
    text = (folder / "net.bn").read_text()
    arguments = []
    own = re.findall(r"^  input +(\w+): \[([\d, ]+)\]", text, re.M)
    left = [name for name in names if f"the input '{name}' is left out" not in done.stderr.lower()]
    for name, (word, shape) in zip(left, own):
        array = test.inputs[name]
        array = array.astype(numpy.uint8 if array.dtype == numpy.uint8 else numpy.float32)
        if "channels first here" in done.stderr and array.ndim == 4:
            array = numpy.moveaxis(array, -1, 1)
        numpy.save(folder / f"{word}.npy", array)
        arguments += ["--input", f"{word}={word}.npy"]
    done_twice = run(bnc, folder, "predict", "net.bn", "--weights", "net.safetensors", *arguments,
                     "--save", "out")
    if done_twice.returncode:
        return "failed", (done_twice.stderr + done_twice.stdout)[-300:]
    losses = re.findall(r"(?:softmax_cross_entropy|mean_squared_error)\((\w+), ", text)
    outputs = ([numpy.load(folder / "out")] if len(losses) == 1 else
               [safetensors.numpy.load_file(folder / "out")[name] for name in losses])
    wanted = [(n, a) for n, a in test.outputs.items()
              if isinstance(a, numpy.ndarray) and a.dtype.kind in "fu"
              and f"'{n}' is '" not in done.stderr]
    if len(wanted) != len(outputs):
        return "failed", f"{len(outputs)} outputs of {len(wanted)}"
    for (name, expected), found in zip(wanted, outputs):
        if "the loss does what it did" in done.stderr:
            found = numpy.exp(found - found.max(1, keepdims=True))
            found /= found.sum(1, keepdims=True)
        if f"'{name}' has its channels first here" in done.stderr:
            found = numpy.moveaxis(found, 1, -1)
        if found.size != expected.size:
            return "failed", f"{name} is {found.shape}, not {expected.shape}"
        error = (numpy.abs(found.reshape(expected.shape).astype(float) - expected).max()
                 / (numpy.abs(expected).max() or 1))
        # What a test gives and expects with four decimals alone is right to one of the last.
        rounding = 1e-4 if "ceil_last_window_starts_on_pad" in test.name else 0
        if not error <= TOLERANCE + rounding / (numpy.abs(expected).max() or 1):
            return "failed", f"{name} is off by {error:.1e}\n{text}"
    return "passed", ""


def check(bnc, folder, test):
    if not test.inputs or not all(isinstance(a, numpy.ndarray) for a in test.inputs.values()):
        return "refused", "sequences, optional values, or no input"
    # Some tests were written with memory that nobody had set.
    sizes = [numpy.abs(a).max(initial=0) for a in test.inputs.values() if a.dtype == numpy.float64]
    if any(size > 3e38 or 0 < size < 1e-30 for size in sizes):
        return "refused", "numbers that no float holds"
    for path in folder.glob("net.*"):
        path.unlink()
    real = [n for n, a in test.inputs.items() if a.dtype.kind == "f" and a.ndim > 1]
    first = next(iter(test.inputs))
    verdict = attempt(bnc, folder, test, [first])
    if verdict[0] == "refused" and len(real) > 1:
        other = attempt(bnc, folder, test, real)
        return other if other[0] != "refused" else verdict
    return verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="which tests; all if left out")
    parser.add_argument("--bnc", default=ROOT / ".build/debug/bnc")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        for test in collected():
            if re.search("_expanded(_ver\\d+)?$", test.name) or options.names and not any(
                    re.fullmatch(n, test.name) for n in options.names):
                continue
            try:
                word, reason = check(options.bnc, folder, test)
            except Exception as error:
                word, reason = "failed", f"{type(error).__name__}: {error}"
            rows.append((test.name, word, reason))
            if word == "failed":
                print(f"{test.name}: {reason}", flush=True)
    counts = collections.Counter(word for _, word, _ in rows)
    total = f"{counts['passed']} passed, {counts['failed']} failed, {counts['refused']} refused"
    print(total)
    unsaid = collections.Counter(
        reason.split(":")[0] for _, word, reason in rows
        if word == "refused" and "no such operation" in reason)
    lines = [total + ".", ""]
    lines += [f"{word:8} {name}" + (f": {reason.splitlines()[0]}" if reason else "")
              for name, word, reason in sorted(rows) if "no such operation" not in reason]
    lines += ["", "Refused, for the language has no such operation, so many tests:", ""]
    lines += [f"{count:4} {kind}" for kind, count in sorted(unsaid.items())]
    if not options.names:
        LIST.write_text("\n".join(lines) + "\n")
    sys.exit(counts["failed"] > 0)


if __name__ == "__main__":
    main()
