"""A compiled plugin called from Python: the training plan, which `bnc step` does not run."""

import ctypes
import pathlib
import sys

import numpy

# The interface's structures are those of the Python package, which its own tests hold against the C.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Sources" / "Python"))
from bnc import _abi as abi  # noqa: E402


class Plugin:
    def __init__(self, path):
        library = ctypes.CDLL(str(path))
        library.bnc_plugin_table.restype = ctypes.POINTER(abi.Table)
        self.table = library.bnc_plugin_table().contents
        is_known = self.table.struct_size == ctypes.sizeof(abi.Table)
        if self.table.abi_version != abi.VERSION or not is_known:
            raise RuntimeError("the plugin has another interface than Sources/Python/bnc/_abi.py")
        self.type = numpy.float32 if self.table.element_size == 4 else numpy.float64
        sizes = [self.table.parameters_size, self.table.state_size, self.table.scratch_size]
        self.memory = [self._memory(size) for size in sizes]
        self.slots = self._memory(self.table.slots_size)
        self.step = 0
        for index in range(self.table.tensor_count):
            tensor = self.table.tensors[index]
            if tensor.region == abi.SLOTS:
                first = tensor.offset // self.type().itemsize
                count = int(numpy.prod(tensor.shape[:tensor.rank]))
                self.slots[first:first + count] = tensor.first

    def _memory(self, size):
        # Filled with NaN: nothing may depend on what was in scratch before.
        whole = numpy.full(size // self.type().itemsize + 64, numpy.nan, self.type)
        skip = -whole.ctypes.data % 64 // self.type().itemsize
        return whole[skip:skip + size // self.type().itemsize]

    def tensors(self, regions=(abi.PARAMETERS, abi.STATE)):
        """Views of parameters and state by name; of what an optimizer keeps, in SLOTS."""
        found = {}
        for index in range(self.table.tensor_count):
            tensor = self.table.tensors[index]
            if tensor.region not in regions:
                continue
            shape = list(tensor.shape[:tensor.rank])
            first = tensor.offset // self.type().itemsize
            memory = self.slots if tensor.region == abi.SLOTS else self.memory[tensor.region]
            flat = memory[first:first + int(numpy.prod(shape))]
            found[tensor.name.decode()] = flat.reshape(shape)
        return found

    def call(self, entry, inputs, labels, learning_rate=None):
        """train, or evaluate: the status, the loss, and the outputs of an evaluation."""
        if inputs.dtype != numpy.uint8:
            inputs = inputs.astype(self.type)
        inputs = numpy.ascontiguousarray(inputs)
        labels = labels.astype(numpy.int32 if self.table.targets[0].classes else self.type)
        regions = abi.Regions(
            *[m.ctypes.data for m in self.memory], None, None, self.slots.ctypes.data)
        types = (ctypes.c_int32 * 1)(abi.UINT8 if inputs.dtype == numpy.uint8 else abi.REAL)
        input_rows, target_rows = (
            (ctypes.c_void_p * 1)(array.ctypes.data) for array in (inputs, labels))
        batch = abi.Batch(
            ctypes.addressof(input_rows), ctypes.addressof(target_rows), ctypes.addressof(types),
            None, len(labels), 0)
        result = abi.Result()
        output = self.table.outputs[0]
        outputs = numpy.zeros([len(labels)] + list(output.shape[:output.rank]), self.type)
        if entry == "train":
            self.step += 1
            count = self.table.hyperparameter_count
            numbers = (ctypes.c_double * count)(
                *[self.table.hyperparameters[i].value for i in range(count)])
            if learning_rate is not None:
                numbers[0] = learning_rate
            step = abi.Step(self.step, 0, ctypes.addressof(numbers), len(labels), 0, 1, 0)
            function = abi.Train(self.table.train)
            status = function(None, ctypes.addressof(regions), ctypes.addressof(batch),
                              ctypes.addressof(step), ctypes.addressof(result))
        else:
            rows = (ctypes.c_void_p * 1)(outputs.ctypes.data)
            function = abi.Evaluate(self.table.evaluate)
            status = function(None, ctypes.addressof(regions), ctypes.addressof(batch),
                              ctypes.addressof(rows), ctypes.addressof(result))
        return status, result.loss, outputs
