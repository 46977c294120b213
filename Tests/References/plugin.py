"""A compiled plugin called from Python: the training plan, which `bnc step` does not run."""

import ctypes

import numpy

u32, i32, u64, i64, f64, text, pointer = (
    ctypes.c_uint32, ctypes.c_int32, ctypes.c_uint64, ctypes.c_int64, ctypes.c_double,
    ctypes.c_char_p, ctypes.c_void_p)


class Regions(ctypes.Structure):
    _fields_ = [(n, pointer) for n in (
        "parameters", "state", "scratch", "gradients", "prepared")]


class Batch(ctypes.Structure):
    _fields_ = [("input", pointer), ("target", pointer), ("rows", pointer), ("input_type", i32),
                ("count", i32)]


class Result(ctypes.Structure):
    _fields_ = [("loss", f64), ("not_finite_layer", i32), ("reserved", i32)]


class Tensor(ctypes.Structure):
    _fields_ = [("name", text), ("role", i32), ("region", i32), ("layer", i32), ("lanes", i32),
                ("rank", i32), ("initializer", i32), ("shape", i64 * 4), ("offset", u64),
                ("first", f64), ("second", f64)]


class Table(ctypes.Structure):
    _fields_ = [
        ("struct_size", u32), ("abi_version", u32), ("instruction_set", u64),
        ("bnc_version", text), ("model_name", text), ("model_hash", text), ("target", text),
        ("batch", u32), ("lanes", u32), ("element_size", u32), ("epochs", u32),
        ("input_name", text), ("target_name", text), ("output_name", text), ("loss_name", text),
        ("optimizer_name", text), ("input_scale", f64), ("learning_rate", f64), ("classes", u32),
        ("target_elements", u32), ("input_rank", i32), ("output_rank", i32),
        ("input_shape", i64 * 3), ("output_shape", i64 * 3), ("target_shape", i64 * 3),
        ("target_rank", i32), ("loss_is_mean", i32), ("parameters_size", u64),
        ("state_size", u64), ("scratch_size", u64), ("prepared_size", u64),
        ("tensors", ctypes.POINTER(Tensor)),
        ("layers", pointer), ("kernels", pointer), ("tensor_count", u32), ("layer_count", u32),
        ("kernel_count", u32), ("reserved", u32), ("train", pointer), ("evaluate", pointer),
        ("gradient", pointer), ("prepare", pointer), ("infer", pointer)]


class Plugin:
    def __init__(self, path):
        library = ctypes.CDLL(str(path))
        library.bnc_plugin_table.restype = ctypes.POINTER(Table)
        self.table = library.bnc_plugin_table().contents
        if self.table.struct_size != ctypes.sizeof(Table) or self.table.abi_version != 3:
            raise RuntimeError("the plugin has another interface than plugin.py")
        self.type = numpy.float32 if self.table.element_size == 4 else numpy.float64
        sizes = [self.table.parameters_size, self.table.state_size, self.table.scratch_size]
        self.memory = [self._memory(size) for size in sizes]

    def _memory(self, size):
        # Filled with NaN: nothing may depend on what was in scratch before.
        whole = numpy.full(size // self.type().itemsize + 64, numpy.nan, self.type)
        skip = -whole.ctypes.data % 64 // self.type().itemsize
        return whole[skip:skip + size // self.type().itemsize]

    def tensors(self):
        """Views of parameters and state by name."""
        found = {}
        for index in range(self.table.tensor_count):
            tensor = self.table.tensors[index]
            if tensor.region == 2:
                continue
            shape = list(tensor.shape[:tensor.rank])
            first = tensor.offset // self.type().itemsize
            flat = self.memory[tensor.region][first:first + int(numpy.prod(shape))]
            found[tensor.name.decode()] = flat.reshape(shape)
        return found

    def call(self, entry, inputs, labels, learning_rate=None):
        """train, or evaluate: the status, the loss, and the outputs of an evaluation."""
        if inputs.dtype != numpy.uint8:
            inputs = inputs.astype(self.type)
        inputs = numpy.ascontiguousarray(inputs)
        labels = labels.astype(numpy.int32 if self.table.classes else self.type)
        regions = Regions(*[m.ctypes.data for m in self.memory], None, None)
        batch = Batch(inputs.ctypes.data, labels.ctypes.data, None,
                      0 if inputs.dtype == numpy.uint8 else 1, len(labels))
        result = Result()
        shape = list(self.table.output_shape[:self.table.output_rank])
        outputs = numpy.zeros([len(labels)] + shape, self.type)
        if entry == "train":
            function = ctypes.CFUNCTYPE(i32, pointer, pointer, pointer, f64, pointer)(
                self.table.train)
            status = function(None, ctypes.addressof(regions), ctypes.addressof(batch),
                              learning_rate, ctypes.addressof(result))
        else:
            function = ctypes.CFUNCTYPE(i32, pointer, pointer, pointer, pointer, pointer)(
                self.table.evaluate)
            status = function(None, ctypes.addressof(regions), ctypes.addressof(batch),
                              outputs.ctypes.data, ctypes.addressof(result))
        return status, result.loss, outputs
