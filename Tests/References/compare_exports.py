#!/usr/bin/env python3
"""Holds what `bnc export` writes against bnc's own predictions.

    swift build && python3 Tests/References/compare_exports.py [NAME...]

For each example model and each model of export_cases.py, with random weights and inputs: the ONNX file
passes onnx.checker with its shape inference, keeps the names and the shapes of inputs and outputs with
a symbolic batch, and ONNX Runtime's outputs for 1 and for several examples are bnc's, up to 1e-5 of
the largest one. The PyTorch file loads bnc's weights and those of --state-dict, and so evaluates;
in training it normalizes with the batch's statistics, as `bnc step` does.

Needs onnx, onnxruntime, torch, safetensors and numpy.
"""

import argparse
import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime
import safetensors.numpy
import safetensors.torch
import torch

import export_cases
from plugin import Plugin

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = 1e-5
PROBABILITIES = {"probabilities", "logit", "mnist_cnn"}
# What PyTorch has no words for, and what the message says of it.
REFUSED = {"batchnorm_deviation": "adds eps to the variance"}


class Difference(Exception):
    pass


class Export:
    """One model, its weights and inputs, in a folder of its own."""

    def __init__(self, bnc, folder, name, text):
        self.bnc, self.folder, self.name = bnc, folder, name
        folder.mkdir()
        # Looking at an example several times is the caller's to do.
        kept = [line for line in text.splitlines() if not line.strip().startswith("tta ")]
        self.text = "\n".join(kept) + "\n"
        (folder / "net.bn").write_text(self.text)
        self.worst = 0.0
        self.run("compile", "net.bn", "--target", "native", "-o", "compiled")
        self.plugin = Plugin(next((folder / "compiled").glob("*.so")))
        table = self.plugin.table
        self.random = numpy.random.default_rng(len(name) + table.tensor_count)

        def values(rows, count):
            return [(rows[i].name.decode(), list(rows[i].shape[:rows[i].rank]))
                    for i in range(count)]

        self.inputs = values(table.inputs, table.input_count)
        self.outputs = values(table.outputs, table.output_count)
        self.takes_bytes = table.inputs[0].scale != 1 and not table.inputs[0].scales_reals
        self.weights = self.draw()
        safetensors.numpy.save_file(self.weights, folder / "w.safetensors")

    def run(self, *arguments):
        done = subprocess.run(
            [self.bnc, *map(str, arguments)], capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            raise Difference((done.stderr + done.stdout).strip()[:800])
        return done.stdout

    def draw(self):
        """Weights that keep the size of what they read."""
        found = {}
        for name, view in self.plugin.tensors().items():
            leaf, shape = name.rsplit(".", 1)[1], view.shape
            if leaf == "weight":
                fan = max(int(numpy.prod(shape[1:])), 1)
                array = self.random.normal(0, (2 / fan) ** 0.5, shape)
            elif leaf in ("gamma", "slope"):
                array = self.random.uniform(0.5, 1.5, shape)
            elif leaf == "running_variance":
                array = self.random.uniform(0.5, 2, shape)
            elif leaf == "seen":
                array = numpy.ones(shape)
            else:
                array = self.random.normal(0, 0.3, shape)
            found[name] = array.astype(numpy.float32)
        return found

    def examples(self, count, is_bytes):
        return {name: self.random.integers(0, 256, (count, *shape)).astype(numpy.uint8)
                if is_bytes else self.random.normal(0, 1, (count, *shape)).astype(numpy.float32)
                for name, shape in self.inputs}

    def predict(self, examples):
        """bnc's own evaluation: outputs by name."""
        arguments = []
        for name, array in examples.items():
            numpy.save(self.folder / f"{name}.npy", array)
            arguments += ["--input", f"{name}={name}.npy"]
        self.run("predict", "net.bn", "--weights", "w.safetensors", *arguments, "--save", "out")
        if len(self.outputs) == 1:
            return {self.outputs[0][0]: numpy.load(self.folder / "out")}
        return safetensors.numpy.load_file(self.folder / "out")

    def check(self, what, found, expected, tolerance=TOLERANCE):
        if list(found.shape) != list(expected.shape):
            raise Difference(f"{what}: {found.shape}, not {expected.shape}")
        size = numpy.abs(expected).max() or 1
        error = float(numpy.abs(found.astype(float) - expected).max() / size)
        if not error <= tolerance:
            raise Difference(f"{what}: {error:.1e}")
        self.worst = max(self.worst, error)

    # ONNX.

    def onnx(self):
        for is_bytes in {False, self.takes_bytes}:
            self.run("export", "net.bn", "--load", "w.safetensors", "--onnx", "net.onnx",
                     "--input", "bytes" if is_bytes else "float")
            self.check_onnx(is_bytes, lambda outputs: outputs)
        if self.name in PROBABILITIES:
            self.run("export", "net.bn", "--load", "w.safetensors", "--onnx", "net.onnx",
                     "--input", "float", "--output", "softmax")
            self.check_onnx(False, probabilities)

    def check_onnx(self, is_bytes, made):
        model = onnx.load(self.folder / "net.onnx")
        onnx.checker.check_model(model, full_check=True)
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
        self.check_values("inputs", inferred.graph.input, self.inputs)
        self.check_values("outputs", inferred.graph.output, self.outputs)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        for count in (1, 3):
            examples = self.examples(count, is_bytes)
            expected = made(self.predict(examples))
            names = [name for name, _ in self.outputs]
            for name, array in zip(names, session.run(names, examples)):
                self.check(f"ONNX {name}", array, expected[name])

    def check_values(self, what, values, expected):
        found = []
        for value in values:
            batch, *sizes = value.type.tensor_type.shape.dim
            if batch.dim_param != "batch":
                raise Difference(f"{what} of ONNX have a batch that is not symbolic")
            found.append((value.name, [size.dim_value for size in sizes]))
        if found != expected:
            raise Difference(f"{what} of ONNX: {found}, not {expected}")


    # PyTorch.

    def pytorch(self):
        if self.name in REFUSED:
            return self.check_refused()
        self.run("export", "net.bn", "--pytorch", "net.py", "--load", "w.safetensors",
                 "--state-dict", "state.safetensors")
        spec = importlib.util.spec_from_file_location("net", self.folder / "net.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        text = (self.folder / "net.py").read_text()
        made = getattr(module, re.search(r"^#     model = (\w+)\(\)$", text, re.M)[1])
        net, same = made(), made()
        path = self.folder / "w.safetensors"
        if hasattr(module, "load"):
            module.load(net, path)
        else:
            net.load_state_dict(safetensors.torch.load_file(path))
        same.load_state_dict(safetensors.torch.load_file(self.folder / "state.safetensors"))
        for one in (net, same):
            one.eval()
            examples = self.examples(3, False)
            expected = self.predict(examples)
            with torch.no_grad():
                found = one(*map(torch.tensor, examples.values()))
            self.check_outputs("PyTorch", found, expected)
        if "dropout" not in self.text:
            self.check_training(net)

    def check_outputs(self, what, found, expected):
        found = found if isinstance(found, tuple) else (found,)
        for (name, _), tensor in zip(self.outputs, found, strict=True):
            self.check(f"{what} {name}", tensor.detach().numpy(), expected[name])

    def check_training(self, net):
        """Outputs by the batch's statistics."""
        kept = [line for line in self.text.splitlines() if not line.strip().startswith("augment ")]
        (self.folder / "step.bn").write_text("\n".join(kept) + "\n")
        table = self.plugin.table
        count = min(3, table.batch)
        examples = self.examples(count, False)
        arguments = []
        for name, array in examples.items():
            numpy.save(self.folder / f"{name}.npy", array)
            arguments += ["--input", f"{name}={name}.npy"]
        for index in range(table.target_count):
            target = table.targets[index]
            shape = (count, *target.shape[:target.rank])
            array = (self.random.integers(0, target.classes, shape).astype(numpy.int32)
                     if target.classes else self.random.uniform(0, 1, shape).astype(numpy.float32))
            name = target.name.decode()
            numpy.save(self.folder / f"{name}.target.npy", array)
            arguments += ["--target", f"{name}={name}.target.npy"]
        self.run("step", "step.bn", "--weights", "w.safetensors", "--save-outputs", "outputs",
                 "--precision", "double", *arguments)
        expected = safetensors.numpy.load_file(self.folder / "outputs")
        net.train()
        # In double: by few examples' statistics, the last digits of a float become larger.
        found = net.double()(*(torch.tensor(array).double() for array in examples.values()))
        self.check_outputs("PyTorch in training", found, expected)

    def check_refused(self):
        try:
            self.run("export", "net.bn", "--pytorch", "net.py")
        except Difference as error:
            if REFUSED[self.name] in str(error):
                return
            raise
        raise Difference(f"PyTorch: not refused, as it has no {REFUSED[self.name]}")


def probabilities(outputs):
    """Softmax over classes; of one number its sigmoid."""
    made = {}
    for name, x in outputs.items():
        e = numpy.exp(x - x.max(1, keepdims=True))
        made[name] = 1 / (1 + numpy.exp(-x)) if x.shape[1] == 1 else e / e.sum(1, keepdims=True)
    return made


def every():
    for path in sorted((ROOT / "Sources/ExampleModels").glob("*.bn")):
        yield path.stem, path.read_text()
    yield from export_cases.cases()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="which models; all if left out")
    parser.add_argument("--bnc", default=ROOT / ".build/debug/bnc")
    options = parser.parse_args()
    torch.set_num_threads(1)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder + "/cache"
        for name, text in every():
            if options.names and name not in options.names:
                continue
            try:
                export = Export(options.bnc, pathlib.Path(folder, name), name, text)
                export.onnx()
                export.pytorch()
                print(f"ok   {name:30} {export.worst:.1e}", flush=True)
            except Exception as error:  # the table goes on, whatever a runtime throws
                failures += 1
                print(f"FAIL {name:30} {type(error).__name__}: {error}", flush=True)
    print(f"{failures} failures")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
