"""A test of the ONNX package as a model of bnc: the values of its graph, and the text that computes
them.

What a test hands in as weights becomes parameters; what it hands in as data becomes the input. The
leading `lead` axes of the data are the batch, and the others the shape of an example. An operator
that works along a leading axis, or wants other axes in one, raises Lead and is read again so.
"""

import dataclasses

import numpy
import onnx


class Refused(Exception):
    """Why the language cannot say a test."""


class Lead(Exception):
    """How many leading axes have to be the batch."""


@dataclasses.dataclass
class Value:
    name: str  # as the model calls it
    shape: tuple  # ONNX's, the leading axes included


class Node:
    """An operator of a graph."""

    def __init__(self, graph, proto):
        self.graph = graph
        self.kind = proto.op_type
        self.inputs = list(proto.input)
        self.outputs = list(proto.output)
        self.attributes = {a.name: onnx.helper.get_attribute_value(a) for a in proto.attribute}

    def get(self, name, default=None):
        value = self.attributes.get(name, default)
        return value.decode() if isinstance(value, bytes) else value

    def has(self, index):
        return index < len(self.inputs) and self.inputs[index] != ""

    def data(self, index=0):
        """An operand that the model computes, or its input."""
        return self.graph.data(self.inputs[index])

    def known(self, index, default=None):
        """An operand whose numbers are known beforehand: a weight, or a list of sizes."""
        return self.graph.known(self.inputs[index]) if self.has(index) else default


class Graph:
    def __init__(self, test, lead):
        self.lead = lead
        self.opset = test.opset
        self.arrays = dict(test.arrays)  # what the test hands in, and constants
        self.constants = test.constants  # the names of those arrays that are constants
        self.shapes = test.shapes  # of every value of the graph
        self.values = {}
        self.inputs = []  # the names of those arrays that are data
        self.lines = []
        self.counts = {}
        self.parameters = {}
        self.trains = False  # whether the answer is of a training step
        self.states = {}  # outputs that are running statistics, by the parameter's name
        self.silent = {}  # outputs that the language has no value for, and why

    def known(self, name):
        if name not in self.arrays or name in self.inputs:
            raise Refused("the product of two computed values, or a weight that is computed")
        return self.arrays[name]

    def data(self, name):
        if name not in self.values:
            array = self.arrays[name]
            if array.dtype not in (numpy.float32, numpy.float64, numpy.uint8, numpy.int32):
                raise Refused(str(array.dtype))
            if array.size == 0:
                raise Refused("no numbers at all")
            self.inputs.append(name)
            self.values[name] = Value(f"x{len(self.inputs)}", array.shape)
        return self.values[name]

    def example(self, shape):
        """The language's shape of a value."""
        shape = list(shape[self.lead:]) or [1]
        if len(shape) > 4:
            raise Refused(f"rank {len(shape)} besides the batch")
        if max(shape) > 65536:
            raise Refused("a size of more than 65536")
        return shape

    def axis(self, axis, rank):
        """An axis as the language counts: 1 is the first of an example's."""
        axis = axis % rank if rank else 0
        if axis < self.lead:
            raise Lead(0)
        return axis - self.lead + 1

    def layer(self, node, before, stage, parameters=None, shape=None):
        """Adds `before | stage`, the value of the node's first output; its shape is the node's,
        unless the language gives the same numbers another one."""
        kind = stage.split("(")[0]
        number = self.counts[kind] = self.counts.get(kind, 0) + 1
        for name, array in (parameters or {}).items():
            self.parameters[f"{kind}{number}.{name}"] = numpy.asarray(array)
        return self.bind(node, f"{before.name} | {stage}", shape)

    def bind(self, node, text, shape=None, output=0):
        name = node.outputs[output]
        shape = self.shapes[name] if shape is None else shape
        value = Value(f"v{len(self.lines) + 1}", tuple(int(size) for size in shape))
        self.lines.append(f"{value.name} = {text}")
        self.values[name] = value
        return value

    # The model.

    def batch(self):
        batches = {self.arrays[name].shape[:self.lead] for name in self.inputs}
        if len(batches) != 1:
            raise Lead(0)
        return int(numpy.prod(batches.pop()))

    def rows(self):
        """The model's input: the data's examples, or all of an example's data in one row."""
        batch = self.batch()
        if len(self.inputs) == 1:
            array = self.arrays[self.inputs[0]]
            return array.reshape(batch, *self.example(array.shape))
        parts = [self.arrays[name].reshape(batch, -1) for name in self.inputs]
        return numpy.concatenate(parts, 1)

    def text(self, output):
        """The model whose last value is an output of the graph."""
        value, rows, cuts, first = self.values[output], self.rows(), [], 0
        for index, name in enumerate(self.inputs, 1):
            shape = self.example(self.arrays[name].shape)
            end = first + int(numpy.prod(shape))
            cuts.append(f"x{index} = x | slice(1, start: {first}, end: {end}) | reshape({shape})")
            first = end
        if not self.lines:
            raise Refused("nothing to compute")
        one = len(self.inputs) == 1
        lines = [f"input {'x1' if one else 'x'}: {list(rows.shape[1:])}",
                 f"target t: {self.example(value.shape)}", *([] if one else cuts), *self.lines,
                 f"loss mean_squared_error({value.name}, t)"]
        return model_text(lines, len(rows))


def model_text(lines, batch):
    return "\n".join(["model node {", *["  " + line for line in lines], "}",
                      f"training {{ batch {batch} }}", ""])
