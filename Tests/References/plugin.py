"""A compiled plugin called from Python: the training plan, which `bnc step` does not run."""

import ctypes

import numpy

u32, i32, u64, i64, f64, text, pointer = (
    ctypes.c_uint32, ctypes.c_int32, ctypes.c_uint64, ctypes.c_int64, ctypes.c_double,
    ctypes.c_char_p, ctypes.c_void_p)


class Regions(ctypes.Structure):
    _fields_ = [(n, pointer) for n in (
        "parameters", "state", "scratch", "gradients", "prepared", "slots")]


class Batch(ctypes.Structure):
    _fields_ = [("inputs", pointer), ("targets", pointer), ("input_types", pointer),
                ("rows", pointer), ("count", i32), ("reserved", i32)]


class Step(ctypes.Structure):
    _fields_ = [("step", u64), ("seed", u64), ("hyperparameters", pointer), ("examples", u64),
                ("pass", u32), ("passes", u32), ("epoch", u64), ("steps", u64),
                ("whole", u32), ("first", u32)]


class Value(ctypes.Structure):
    _fields_ = [("name", text), ("element_types", u32), ("rank", i32), ("shape", i64 * 8),
                ("classes", u32), ("reserved", u32), ("scale", f64),
                ("scales_reals", i32), ("normalization", u32), ("sound", pointer),
                ("resizes", i32)]


class Hyperparameter(ctypes.Structure):
    _fields_ = [("name", text), ("value", f64)]


class Result(ctypes.Structure):
    _fields_ = [("loss", f64), ("not_finite_layer", i32), ("reserved", i32),
                ("losses", pointer), ("metrics", pointer)]


class Tensor(ctypes.Structure):
    _fields_ = [("name", text), ("role", i32), ("region", i32), ("layer", i32), ("lanes", i32),
                ("rank", i32), ("initializer", i32), ("shape", i64 * 8), ("offset", u64),
                ("first", f64), ("second", f64), ("values", pointer)]


class Table(ctypes.Structure):
    _fields_ = [
        ("struct_size", u32), ("abi_version", u32), ("instruction_set", u64),
        ("bnc_version", text), ("model_name", text), ("model_hash", text), ("target", text),
        ("batch", u32), ("lanes", u32), ("element_size", u32), ("epochs", u32),
        ("inputs", ctypes.POINTER(Value)), ("targets", ctypes.POINTER(Value)),
        ("outputs", ctypes.POINTER(Value)), ("losses", pointer), ("metrics", pointer),
        ("hyperparameters", ctypes.POINTER(Hyperparameter)), ("plateau", pointer),
        ("optimizer_name", text),
        ("input_count", u32), ("target_count", u32), ("output_count", u32), ("loss_count", u32),
        ("metric_count", u32), ("hyperparameter_count", u32), ("parameters_size", u64),
        ("state_size", u64), ("scratch_size", u64), ("prepared_size", u64), ("slots_size", u64),
        ("tensors", ctypes.POINTER(Tensor)),
        ("layers", pointer), ("kernels", pointer), ("tensor_count", u32), ("layer_count", u32),
        ("kernel_count", u32), ("passes", u32), ("train", pointer), ("schedule", pointer),
        ("evaluate", pointer), ("gradient", pointer), ("prepare", pointer), ("infer", pointer),
        ("whitenings", pointer), ("views", pointer), ("whitening_count", u32), ("view_count", u32),
        ("processes", u32), ("whole_batch", u32), ("shares_mirror", u32), ("reserved", u32),
        ("training_hash", text)]


class Plugin:
    def __init__(self, path):
        library = ctypes.CDLL(str(path))
        library.bnc_plugin_table.restype = ctypes.POINTER(Table)
        self.table = library.bnc_plugin_table().contents
        if self.table.struct_size != ctypes.sizeof(Table) or self.table.abi_version != 9:
            raise RuntimeError("the plugin has another interface than plugin.py")
        self.type = numpy.float32 if self.table.element_size == 4 else numpy.float64
        sizes = [self.table.parameters_size, self.table.state_size, self.table.scratch_size]
        self.memory = [self._memory(size) for size in sizes]
        self.slots = self._memory(self.table.slots_size)
        self.step = 0
        for index in range(self.table.tensor_count):
            tensor = self.table.tensors[index]
            if tensor.region == 3:
                first = tensor.offset // self.type().itemsize
                count = int(numpy.prod(tensor.shape[:tensor.rank]))
                self.slots[first:first + count] = tensor.first

    def _memory(self, size):
        # Filled with NaN: nothing may depend on what was in scratch before.
        whole = numpy.full(size // self.type().itemsize + 64, numpy.nan, self.type)
        skip = -whole.ctypes.data % 64 // self.type().itemsize
        return whole[skip:skip + size // self.type().itemsize]

    def tensors(self, regions=(0, 1)):
        """Views of parameters and state by name; of what an optimizer keeps, in region 3."""
        found = {}
        for index in range(self.table.tensor_count):
            tensor = self.table.tensors[index]
            if tensor.region not in regions:
                continue
            shape = list(tensor.shape[:tensor.rank])
            first = tensor.offset // self.type().itemsize
            memory = self.slots if tensor.region == 3 else self.memory[tensor.region]
            flat = memory[first:first + int(numpy.prod(shape))]
            found[tensor.name.decode()] = flat.reshape(shape)
        return found

    def call(self, entry, inputs, labels, learning_rate=None):
        """train, or evaluate: the status, the loss, and the outputs of an evaluation."""
        if inputs.dtype != numpy.uint8:
            inputs = inputs.astype(self.type)
        inputs = numpy.ascontiguousarray(inputs)
        labels = labels.astype(numpy.int32 if self.table.targets[0].classes else self.type)
        regions = Regions(*[m.ctypes.data for m in self.memory], None, None,
                          self.slots.ctypes.data)
        types = (i32 * 1)(0 if inputs.dtype == numpy.uint8 else 1)
        input_rows, target_rows = (
            (pointer * 1)(array.ctypes.data) for array in (inputs, labels))
        batch = Batch(
            ctypes.addressof(input_rows), ctypes.addressof(target_rows), ctypes.addressof(types),
            None, len(labels), 0)
        result = Result()
        output = self.table.outputs[0]
        outputs = numpy.zeros([len(labels)] + list(output.shape[:output.rank]), self.type)
        if entry == "train":
            self.step += 1
            count = self.table.hyperparameter_count
            numbers = (f64 * count)(*[self.table.hyperparameters[i].value for i in range(count)])
            if learning_rate is not None:
                numbers[0] = learning_rate
            step = Step(self.step, 0, ctypes.addressof(numbers), len(labels), 0, 1, 0)
            function = ctypes.CFUNCTYPE(i32, pointer, pointer, pointer, pointer, pointer)(
                self.table.train)
            status = function(None, ctypes.addressof(regions), ctypes.addressof(batch),
                              ctypes.addressof(step), ctypes.addressof(result))
        else:
            rows = (pointer * 1)(outputs.ctypes.data)
            function = ctypes.CFUNCTYPE(i32, pointer, pointer, pointer, pointer, pointer)(
                self.table.evaluate)
            status = function(None, ctypes.addressof(regions), ctypes.addressof(batch),
                              ctypes.addressof(rows), ctypes.addressof(result))
        return status, result.loss, outputs
