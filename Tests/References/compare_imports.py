#!/usr/bin/env python3
"""Holds what `bnc import` makes of ONNX files against ONNX Runtime.

    swift build --product bnc && python3 Tests/References/compare_imports.py [NAME...]

For each network of import_cases.py, with random weights, as PyTorch's two exporters, Keras's tf2onnx and
scikit-learn's skl2onnx write it: `bnc import` makes a model of it, and `bnc predict` with the weights
beside it gives ONNX Runtime's outputs, up to 1e-5 of the largest one. And for each example model and each
model of export_cases.py: what `bnc import` makes of what `bnc export` writes predicts the same.

Needs onnx, onnxruntime, torch, onnxscript, safetensors and numpy; with scikit-learn and skl2onnx, their files too.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import numpy
import onnx
import onnxruntime
import safetensors.numpy

import export_cases
import import_cases
from compare_exports import Export

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = 1e-5
# What the language cannot say of others' nodes, and what the message says of it.
REFUSED = {"export_rms_norms": "differs along several axes"}


class Difference(Exception):
    pass


def run(bnc, folder, *arguments):
    done = subprocess.run([bnc, *map(str, arguments)], capture_output=True, text=True, cwd=folder)
    if done.returncode:
        raise Difference((done.stderr + done.stdout).strip()[:1500])
    return done.stdout + done.stderr


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    # Its optimizer puts sums in another order, and nothing more.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def compare(bnc, folder, case):
    """The largest difference, and how many lines the model has."""
    folder.mkdir()
    path = folder / "net.onnx"
    case.write(path)
    sizes = [f"--shape={name}={','.join(map(str, shape))}" for name, shape in case.shapes.items()]
    said = run(bnc, folder, "import", "net.onnx", *sizes)
    text = (folder / "net.bn").read_text()
    if run(bnc, folder, "format", "--check", "net.bn").strip():
        raise Difference("its model is not laid out")
    net = session(path)
    random = numpy.random.default_rng(len(case.name))
    read = re.findall(r"^  input +(\w+): \[([\d, ]+)\]", text, re.M)
    feeds, arguments = {}, []
    for value, (name, shape) in zip(net.get_inputs(), read):
        shape = [int(size) for size in shape.split(",")]
        count = value.shape[0] if isinstance(value.shape[0], int) else 3
        if value.type == "tensor(uint8)":
            x = random.integers(0, 256, [count, *shape]).astype(numpy.uint8)
        else:
            x = random.normal(0, 1, [count, *shape]).astype(numpy.float32)
        numpy.save(folder / f"{name}.npy", x)
        arguments += ["--input", f"{name}={name}.npy"]
        if f"'{value.name}' has its channels first here" in said:
            x = numpy.moveaxis(x, 1, -1)
        feeds[value.name] = x.astype(numpy.float64) if value.type == "tensor(double)" else x
    weights = ["--weights", "net.safetensors"]
    run(bnc, folder, "predict", "net.bn", *weights, *arguments, "--save", "out")
    targets = re.findall(r"^  target +\w+: ", text, re.M)
    losses = re.findall(r"(?:softmax_cross_entropy|mean_squared_error)\((\w+), ", text)
    if len(losses) == 1:
        found = [numpy.load(folder / "out")]
    else:
        outputs = safetensors.numpy.load_file(folder / "out")
        found = [outputs[name] for name in losses]
    # A ZipMap makes a dictionary of each example.
    results = [numpy.array([list(row.values()) for row in value], numpy.float32)
               if isinstance(value, list) and isinstance(value[0], dict) else value
               for value in net.run(None, feeds)]
    wanted = [value for value, name in zip(results, [o.name for o in net.get_outputs()])
              if isinstance(value, numpy.ndarray) and value.dtype.kind == "f"
              and f"'{name}', the class" not in said and f"'{name}' is '" not in said]
    names = losses
    if len(wanted) != len(found) or len(targets) != len(found):
        raise Difference(f"{len(found)} outputs of {len(wanted)}")
    worst = 0
    for name, own, other in zip(names, found, wanted):
        if f"'{name}' is what" in said:
            own = numpy.exp(own - own.max(1, keepdims=True))
            own /= own.sum(1, keepdims=True)
        if f"'{name}' has its channels first here" in said:
            own = numpy.moveaxis(own, 1, -1)
        if own.size != other.size or not case.is_reshaped and list(own.shape) != list(other.shape):
            raise Difference(f"{name} is {own.shape}, not {other.shape}")
        error = numpy.abs(own.reshape(other.shape) - other).max() / (numpy.abs(other).max() or 1)
        if not error <= TOLERANCE:
            raise Difference(f"{name} is off by {error:.1e}")
        worst = max(worst, float(error))
    return worst, text.count("\n")


def roundtrip(bnc, folder, name, text):
    """The largest difference of an exported model's import and the model itself."""
    export = Export(bnc, folder, name, text)
    export.run("export", "net.bn", "--load", "w.safetensors", "--onnx", "again.onnx")
    said = subprocess.run([bnc, "import", "again.onnx"], capture_output=True, text=True, cwd=folder)
    if said.returncode:
        raise Difference(said.stderr.strip())
    examples = export.examples(3, export.takes_bytes)
    expected = list(export.predict(examples).values())
    arguments = []
    for key in examples:
        arguments += ["--input", f"{key}={key}.npy"]
    run(bnc, folder, "predict", "again.bn", "--weights", "again.safetensors", *arguments, "--save", "out2")
    names = re.findall(r"(?:softmax_cross_entropy|mean_squared_error)\((\w+), ", (folder / "again.bn").read_text())
    found = ([numpy.load(folder / "out2")] if len(names) == 1 else
             [safetensors.numpy.load_file(folder / "out2")[n] for n in names])
    if len(found) != len(expected):
        raise Difference(f"{len(found)} outputs of {len(expected)}")
    worst = 0.0
    for own, other in zip(found, expected):
        # A network that ends in a softmax ends before it.
        if "the loss does what it did" in said.stderr:
            own = numpy.exp(own - own.max(1, keepdims=True))
            own /= own.sum(1, keepdims=True)
        if own.shape != other.shape:
            raise Difference(f"{own.shape}, not {other.shape}")
        worst = max(worst, float(numpy.abs(own - other).max() / (numpy.abs(other).max() or 1)))
    if not worst <= TOLERANCE:
        raise Difference(f"off by {worst:.1e}")
    return worst, (folder / "again.bn").read_text().count("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="which networks; all if left out")
    parser.add_argument("--bnc", default=ROOT / ".build/debug/bnc")
    parser.add_argument("--keep", help="a folder for the files")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    failed, count, worst = 0, 0, 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.keep or temporary)
        folder.mkdir(exist_ok=True)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        examples = [(path.stem, path.read_text())
                    for path in sorted((ROOT / "Sources/ExampleModels").glob("*.bn"))]
        work = [(case.name, lambda f, case=case: compare(options.bnc, f, case))
                for case in import_cases.cases()]
        work += [(f"export_{name}", lambda f, n=name, t=text: roundtrip(options.bnc, f, n, t))
                 for name, text in examples + list(export_cases.cases())]
        for name, check in work:
            if options.names and not any(re.fullmatch(n, name) for n in options.names):
                continue
            count += 1
            try:
                error, lines = check(folder / name)
                worst = max(worst, error)
                print(f"{name}: {error:.1e}, {lines} lines", flush=True)
            except Exception as difference:  # bnc's message, or a mistake here
                if name in REFUSED and REFUSED[name] in str(difference):
                    print(f"{name}: refused, as it should be", flush=True)
                    continue
                failed += 1
                print(f"{name}: FAILED: {difference}", flush=True)
    print(f"{count - failed} of {count} networks are ONNX Runtime's, the largest difference is {worst:.1e}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
