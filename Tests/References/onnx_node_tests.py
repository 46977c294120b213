#!/usr/bin/env python3
"""Holds bnc against the ONNX package's own backend tests, an oracle that nobody here wrote.

    swift build && python3 Tests/References/onnx_node_tests.py [NAME...]

needs numpy, safetensors and onnx. A test is a small graph with its inputs and outputs. Those that
the language can say become models, run in double (or --precision float) as training compiles them;
the result must be within 1e-5 of the largest number that the test expects, and within ONNX's own
tolerance of each. All others are listed with what the language has not. Written to
Tests/References/Data/onnx_node_tests.txt: verdict, name and reason.

The tests are of the package's `node`, `pytorch-converted`, `pytorch-operator` and `simple`. A node
test whose name ends with `_expanded` has the inputs and outputs of the one without, and counts as
none of its own.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import numpy
import safetensors.numpy

import onnx_layers
import onnx_losses
import onnx_optimizers
import onnx_shapes  # noqa: F401, which adds its operators
import onnx_windows  # noqa: F401, likewise
from onnx_collection import collected
from onnx_graph import Graph, Lead, Node, Refused
from onnx_report import Report
from plugin import Plugin

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = ROOT / "Tests/References/Data/onnx_node_tests.txt"
TOLERANCE = 1e-5
# What a test gives and expects with so few decimals that 1e-5 is beyond it: right to one of the last.
DECIMALS = {"test_averagepool_2d_ceil_last_window_starts_on_pad": 4}
LOSSES = ("SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss")


def graph_of(test):
    """The test as the language says it, with the leading axes that its operators want."""
    first = next(iter(test.inputs.values()))
    lead, tried = (1 if first.ndim > 1 else 0), []
    while True:
        graph = Graph(test, lead)
        try:
            for proto in test.nodes:
                if proto.op_type not in onnx_layers.OPERATORS:
                    raise Refused(f"no operator {proto.op_type}")
                onnx_layers.OPERATORS[proto.op_type](graph, Node(graph, proto))
            for name in test.outputs:
                if name in graph.values:
                    graph.example(graph.values[name].shape)
                    graph.text(name)
            return graph
        except Lead as wanted:
            tried.append(lead)
            lead = wanted.args[0]
            if lead in tried:
                raise Refused("it works along the batch") from None


class Bench:
    """Compiles and runs models in a folder of its own."""

    def __init__(self, bnc, folder, precision):
        self.bnc, self.folder, self.precision = bnc, pathlib.Path(folder), precision
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache")}

    def run(self, *arguments):
        done = subprocess.run(
            [self.bnc, *map(str, arguments)], capture_output=True, text=True, env=self.environment)
        if done.returncode:
            raise RuntimeError((done.stderr + done.stdout).strip())
        return done.stdout

    def folder_for(self, text):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (folder / "model.bn").write_text(text)
        return folder

    def plugin(self, text, parameters):
        folder = self.folder_for(text)
        self.run("compile", folder / "model.bn", "--target", "native", "--precision",
                 self.precision, "-o", folder / "made")
        plugin = Plugin(folder / "made" / "node.so")
        views = plugin.tensors()
        missing = set(views) - set(parameters)
        if missing or set(parameters) - set(views):
            raise RuntimeError(f"the model has {sorted(views)}, the test {sorted(parameters)}")
        for name, array in parameters.items():
            views[name][...] = array.reshape(views[name].shape)
        return plugin

    def evaluation(self, text, parameters, inputs, targets, each=False):
        """The outputs, and the loss of the batch, or the losses of batches of one example."""
        plugin = self.plugin(text, parameters)
        if not each:
            status, loss, outputs = plugin.call("evaluate", inputs, targets)
            found = [(status, loss, outputs)]
        else:
            found = [plugin.call("evaluate", inputs[i:i + 1], targets[i:i + 1])
                     for i in range(len(inputs))]
        if any(status for status, _, _ in found):
            raise RuntimeError(f"evaluate returned {[status for status, _, _ in found][0]}")
        losses = numpy.array([loss for _, loss, _ in found])
        return numpy.concatenate([outputs for _, _, outputs in found]), losses

    def step(self, text, parameters, inputs, targets):
        """The last output of a training step, and the running statistics after it."""
        folder = self.folder_for(text)
        numpy.save(folder / "x.npy", inputs)
        numpy.save(folder / "t.npy", targets)
        safetensors.numpy.save_file(
            {name: numpy.ascontiguousarray(array) for name, array in parameters.items()},
            str(folder / "weights.safetensors"))
        name = re.search(r"input (\w+):", text)[1]
        output = re.search(r"mean_squared_error\((\w+),", text)[1]
        self.run("step", folder / "model.bn", *(
            ["--weights", folder / "weights.safetensors"] if parameters else []),
            "--input", f"{name}={folder / 'x.npy'}", "--target", f"t={folder / 't.npy'}",
            "--mode", "train", "--precision", self.precision, "--threads", 1,
            "--save-outputs", folder / "outputs", "--save-state", folder / "state")
        return (safetensors.numpy.load_file(folder / "outputs")[output],
                safetensors.numpy.load_file(folder / "state"))


@dataclasses.dataclass
class Verdict:
    word: str  # passed, failed or refused
    reason: str = ""
    text: str = ""  # the model of one that failed


def difference(found, expected, test):
    """What is wrong with an output; empty if nothing."""
    found, expected = numpy.asarray(found, float), numpy.asarray(expected, float)
    if found.size != expected.size:
        return f"{found.shape}, not {expected.shape}"
    found = found.reshape(expected.shape)
    error = numpy.abs(found - expected).max() / (numpy.abs(expected).max() or 1)
    last = 10.0 ** -DECIMALS.get(test.name, numpy.inf)
    if not error <= TOLERANCE + last / (numpy.abs(expected).max() or 1):
        return f"off by {error:.1e}"
    relative, absolute = test.tolerances
    if not numpy.allclose(found, expected, relative, absolute):
        return "not within ONNX's tolerance"
    return ""


def check_layers(bench, test):
    graph = graph_of(test)
    wrong, left, text = [], [], ""
    steps = {}
    for name, expected in test.outputs.items():
        if name in graph.silent:
            left.append(graph.silent[name])
            continue
        if name in graph.states:
            found = steps["state"][graph.states[name]]
        else:
            text = graph.text(name)
            value = graph.values[name]
            targets = numpy.zeros((graph.batch(), *graph.example(value.shape)))
            if graph.trains:
                found, steps["state"] = bench.step(text, graph.parameters, graph.rows(), targets)
            else:
                found, _ = bench.evaluation(text, graph.parameters, graph.rows(), targets)
        problem = difference(found, expected, test)
        wrong += [f"{name} {problem}"] if problem else []
    note = f"but {' and '.join(left)}, which the language does not give" if left else ""
    return Verdict("failed" if wrong else "passed", "; ".join(wrong) or note, text)


def check_loss(bench, test):
    node = Node(None, test.nodes[0])
    given = [test.arrays[name] for name in node.inputs]
    x, labels, weights = given[0], given[1], given[2] if len(given) > 2 else None
    if node.kind == "NegativeLogLikelihoodLoss":
        question, factor = onnx_losses.likelihood(node, x, labels, weights)
    else:
        question, factor = onnx_losses.cross_entropy(
            node, x, labels, weights, with_logarithms=len(test.outputs) > 1)
    outputs, losses = bench.evaluation(
        question.text, question.parameters, question.inputs, question.targets, question.each)
    expected = list(test.outputs.values())
    wrong = difference(losses * factor, expected[0], test)
    if len(expected) > 1 and not wrong:
        flat = expected[1].reshape(*x.shape[:2], -1)
        wrong = difference(
            outputs, flat.transpose(0, 2, 1) if outputs.ndim == 2 else flat, test)
    return Verdict("failed" if wrong else "passed", wrong, question.text)


def check_optimizer(bench, test):
    node = Node(None, test.nodes[0])
    found, text = onnx_optimizers.steps(
        bench, node, [test.arrays[name] for name in node.inputs])
    wrong = [
        f"{name} {problem}" for (name, expected), values in zip(test.outputs.items(), found)
        if (problem := difference(values, expected, test))]
    return Verdict("failed" if wrong else "passed", "; ".join(wrong), text)


def check(bench, test):
    try:
        unknown = [n.op_type for n in test.graph.node
                   if n.op_type not in (
                       *onnx_layers.OPERATORS, *LOSSES, *onnx_optimizers.OPTIMIZERS, "Constant")]
        if unknown:
            raise Refused(f"no operator {unknown[0]}")
        if not test.is_of_arrays:
            raise Refused("sequences or optional values")
        if not test.inputs:
            raise Refused("no input")
        kinds = {array.dtype for array in [*test.inputs.values(), *test.outputs.values()]}
        odd = [str(kind) for kind in kinds if kind.kind not in "fiub" or kind.itemsize == 2]
        if odd:
            raise Refused(odd[0])
        test.resolve()
        if test.kind in LOSSES:
            return check_loss(bench, test)
        if test.kind in onnx_optimizers.OPTIMIZERS:
            return check_optimizer(bench, test)
        return check_layers(bench, test)
    except Refused as refused:
        return Verdict("refused", str(refused))
    except Exception as error:  # bnc's message, or a mistake here: the other tests run all the same
        return Verdict("failed", f"{type(error).__name__}: {error}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="which tests; all if left out")
    parser.add_argument("--precision", default="double", choices=["double", "float"])
    parser.add_argument("--jobs", type=int, default=2, help="how many models at a time")
    parser.add_argument("--bnc", default=ROOT / ".build/debug/bnc")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    tests = [test for test in collected()
             if not options.names or any(re.fullmatch(n, test.name) for n in options.names)]
    own = [test for test in tests if not re.search("_expanded(_ver\\d+)?$", test.name)]
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.bnc, folder, options.precision)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            verdicts = list(pool.map(lambda test: check(bench, test), own))
    report = Report(own, verdicts, len(tests) - len(own))
    report.write()
    if not options.names and options.precision == "double":
        LIST.write_text(report.text())
    sys.exit(report.failed > 0)


if __name__ == "__main__":
    main()
