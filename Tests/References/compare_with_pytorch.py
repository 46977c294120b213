#!/usr/bin/env python3
"""Holds bnc's numbers against PyTorch's.

    swift build && python3 Tests/References/compare_with_pytorch.py [NAME...]
    python3 Tests/References/compare_with_pytorch.py --random 20 --seed 1

For each network, in double and in float: outputs, loss, gradients of all parameters, of the input
and of every layer's result, and the running statistics, as `bnc step` finds them in both modes; and
the same gradients from what one training step of the plugins moves, kernels fused and not fused.

A tensor's error is its largest difference over PyTorch's largest number. A gradient below 1e-12 of
the network's largest is an exact 0 that PyTorch computed by cancellation, as that of a bias before
a batch norm: its difference is measured against the network's largest.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy
import safetensors.numpy
import torch

import networks
import random_networks
import varied_networks
from plugin import Plugin

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = {"double": 1e-9, "float": 1e-4}


class Comparison:
    """The worst error of a network, and where it is."""

    def __init__(self, tolerance):
        self.tolerance = tolerance
        self.worst = (0.0, "")
        self.failures = []

    def check(self, what, found, expected, floor=0.0):
        found, expected = numpy.asarray(found, float), numpy.asarray(expected, float)
        if found.shape != expected.shape:
            self.failures.append(f"{what}: shape {found.shape}, not {expected.shape}")
            return
        size = numpy.abs(expected).max()
        size = floor if size < 1e-12 * floor else size
        error = numpy.abs(found - expected).max() / (size or 1)
        if not error < self.tolerance:
            self.failures.append(f"{what}: {error:.1e}")
        if not error <= self.worst[0]:
            self.worst = (error, what)

    def check_all(self, what, found, answer, kind):
        expected = answer[kind]
        floor = largest(expected) if kind == "gradients" else 0
        if kind != "outputs":  # a flattened image is no result of its own
            for name in expected:
                if name not in found and not name.endswith("gradient"):
                    self.failures.append(f"{what} {kind}: {name} is missing")
        for name, array in found.items():
            if name not in expected:
                # A convolution whose padding is a layer of its own in bnc is one in PyTorch.
                if "_pad" not in name:
                    self.failures.append(f"{what} {kind}: {name} is unknown to PyTorch")
            elif name not in answer["doubtful"]:
                self.check(f"{what} {kind} {name}", array, expected[name], floor)


def largest(arrays):
    return max([numpy.abs(array).max() for array in arrays.values()] or [0])


def float_errors(answer, rough):
    """By how much each tensor of PyTorch's float answer is off its double one."""
    errors = {}
    for kind in ("outputs", "gradients", "state"):
        floor = largest(answer[kind]) if kind == "gradients" else 0
        for name, array in answer[kind].items():
            comparison = Comparison(float("inf"))
            comparison.check(name, rough[kind][name], array, floor)
            errors[name] = comparison.worst[0]
    return errors


class Bench:
    def __init__(self, bnc, folder):
        self.bnc = bnc
        self.folder = pathlib.Path(folder)
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache")}

    def run(self, *arguments):
        done = subprocess.run(
            [self.bnc, *map(str, arguments)], capture_output=True, text=True, env=self.environment)
        if done.returncode:
            raise RuntimeError((done.stderr + done.stdout).strip()[:800])
        return done.stdout

    def steps(self, network, question, precision, comparison):
        """`bnc step` in both modes."""
        folder = self.folder
        (folder / "model.bn").write_text(network.text())
        safetensors.numpy.save_file(question.tensors, str(folder / "weights.safetensors"))
        inputs = question.inputs
        numpy.save(folder / "x.npy", inputs)
        numpy.save(folder / "label.npy", question.labels)
        for mode in ("train", "evaluate"):
            expected = question.answers[mode]
            files = {kind: folder / f"{kind}.safetensors"
                     for kind in ("outputs", "gradients", "state")}
            said = self.run(
                "step", folder / "model.bn", "--weights", folder / "weights.safetensors",
                "--input", f"x={folder / 'x.npy'}", "--target", f"label={folder / 'label.npy'}",
                "--mode", mode, "--precision", precision, "--threads", 1,
                *[word for kind, path in files.items() for word in (f"--save-{kind}", path)])
            for kind, path in files.items():
                comparison.check_all(mode, safetensors.numpy.load_file(path), expected, kind)
            loss = float(said.split("== loss ==\n")[1].split()[0])
            comparison.check(f"{mode} loss", [loss], [expected["loss"]])

    def training_plan(self, network, question, precision, fuse, comparison):
        """One training step of the plugin, and one evaluation before it."""
        folder = self.folder / f"{precision}-{fuse}-{network.name}"
        self.run("compile", self.folder / "model.bn", "--target", "native", "--precision",
                 precision, "--fuse", fuse, "-o", folder)
        plugin = Plugin(folder / f"{network.name}.so")
        views = plugin.tensors()
        for name, array in question.tensors.items():
            views[name][...] = array
        what = f"fuse {fuse}"
        status, loss, outputs = plugin.call("evaluate", question.inputs, question.labels)
        expected = question.answers["evaluate"]
        if status:
            comparison.failures.append(f"{what} evaluate returned {status}")
        else:
            comparison.check(f"{what} evaluate loss", [loss], [expected["loss"]])
            comparison.check(f"{what} evaluate outputs", outputs,
                             expected["outputs"][f"v{len(network.layers)}"])
        # A large rate, so that the weights' own size rounds little away, and so that a kernel that
        # reads a weight too late is far off.
        rate = 1024.0
        before = {name: view.astype(float) for name, view in views.items()}
        status, loss, _ = plugin.call("train", question.inputs, question.labels, rate)
        expected = question.answers["train"]
        if status:
            comparison.failures.append(f"{what} train returned {status}")
            return
        comparison.check(f"{what} train loss", [loss], [expected["loss"]])
        comparison.check_all(
            what, {n: (before[n] - v) / rate for n, v in views.items()
                   if not networks.is_state(n)}, expected, "gradients")
        comparison.check_all(
            what, {n: v for n, v in views.items() if networks.is_state(n)}, expected, "state")


class Question:
    """Weights and examples for a network, and PyTorch's answers."""

    def __init__(self, network, random, count, bytes_in):
        shape = (count, *network.shape)
        self.inputs = (random.integers(0, 256, shape).astype(numpy.uint8) if bytes_in
                       else random.normal(0, 1, shape))
        # Numbers that a float holds as well, so that both precisions are asked the same.
        self.inputs = self.inputs if bytes_in else self.inputs.astype(numpy.float32)
        self.labels = network.targets(random, count)
        self.tensors = {
            name: array.astype(numpy.float32).astype(float) for name, array in
            network.tensors(random).items()}
        self.answers = {mode: networks.run(network, self.tensors, self.inputs, self.labels,
                                           mode == "train") for mode in ("train", "evaluate")}
        # PyTorch's own float tells how much of an answer is rounding. Next to a kink of relu or
        # maxpool, or where almost all of a sum cancels, a float has no answer; and where a float
        # does not even know the first digit, the last ones of a double are anyone's.
        self.suits_float = True
        for mode, answer in self.answers.items():
            errors = float_errors(answer, networks.run(
                network, self.tensors, self.inputs, self.labels, mode == "train", torch.float32))
            self.suits_float &= max(errors.values()) < 1e-5
            answer["doubtful"] = {name for name, error in errors.items() if error > 0.1}


def compare(bench, network, random, training_plans):
    """A line of the table; whether all is well."""
    count = network.batch if random.random() < 0.5 else int(random.integers(1, network.batch + 1))
    for _ in range(5):
        question = Question(network, random, count, bytes_in=random.random() < 0.3)
        if question.suits_float:
            break
    columns, failures = [], []
    for precision, tolerance in TOLERANCE.items():
        if precision == "float" and not question.suits_float:
            columns.append(f"{'not asked':48}")
            continue
        comparison = Comparison(tolerance)
        try:
            bench.steps(network, question, precision, comparison)
            for fuse in ("on", "off") if training_plans else ():
                bench.training_plan(network, question, precision, fuse, comparison)
        except RuntimeError as error:
            comparison.failures.append(str(error))
        columns.append(f"{comparison.worst[0]:.1e} {comparison.worst[1][:38]:38}")
        failures += [f"    {precision}: {failure}" for failure in comparison.failures]
    doubtful = set().union(*[answer["doubtful"] for answer in question.answers.values()])
    if doubtful:
        columns.append(f"{len(doubtful)} tensors left out")
    print(f"{'ok  ' if not failures else 'FAIL'} {network.name:22} "
          f"n {count:2} of {network.batch:2}  " + "  ".join(columns), flush=True)
    if failures:
        print("\n".join(failures[:12]))
        print(network.text())
    return not failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="which networks; all if left out")
    parser.add_argument("--random", type=int, metavar="N", help="N networks made up instead")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps-only", action="store_true", help="leave the training plans out")
    parser.add_argument("--bnc", default=ROOT / ".build/debug/bnc")
    options = parser.parse_args()
    torch.set_num_threads(1)
    good = True
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.bnc, folder)
        if options.random:
            seeds = range(options.seed, options.seed + options.random)
            every = [(random_networks.random_network(numpy.random.default_rng(seed), f"random{seed}"),
                      seed) for seed in seeds]
        else:
            every = [(network, options.seed) for network in varied_networks.varied()
                     if not options.names or network.name in options.names]
        print(f"{'':27} examples  worst in double{'':33}  worst in float")
        for network, seed in every:
            random = numpy.random.default_rng([seed, len(network.layers)])
            good &= compare(bench, network, random, not options.steps_only)
    sys.exit(not good)


if __name__ == "__main__":
    main()
