"""The C structures of a plugin's interface, as bnc_plugin.h and bnc_tables.h have them.

Pointers that Python hands over are plain addresses; whoever makes one keeps what it points to.
"""

import ctypes
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_uint32, c_uint64, c_void_p

VERSION = 10
ALIGNMENT = 64
MAX_RANK = 8

# What an entry point returns.
OK, BAD_ARGUMENT, NOT_FINITE, NOT_TRAINED = range(4)

# How an input's numbers are stored.
UINT8, REAL = 0, 1

# What a tensor is: the roles that a host looks at.
GAMMA, BETA, RUNNING_MEAN, RUNNING_VARIANCE, SEEN = range(2, 7)
VALUE, VALUE_GRADIENT = 7, 8
AVERAGE = 13

# Where a tensor lies.
PARAMETERS, STATE, SCRATCH, SLOTS = range(4)

# How a tensor starts.
CONSTANT, NORMAL, UNIFORM, NOTHING, TRUNCATED_NORMAL, ORTHOGONAL, DIRAC, LISTED = range(8)

# What a loss makes probabilities of its output by.
PROBABILITIES = {1: "softmax", 2: "sigmoid"}


class Regions(ctypes.Structure):
    """The memory that a caller owns."""

    _fields_ = [
        (name, c_void_p)
        for name in ("parameters", "state", "scratch", "gradients", "prepared", "slots")
    ]


class Batch(ctypes.Structure):
    """Some examples."""

    _fields_ = [
        ("inputs", c_void_p),
        ("targets", c_void_p),
        ("input_types", c_void_p),
        ("rows", c_void_p),
        ("count", c_int32),
        ("reserved", c_int32),
    ]


class Step(ctypes.Structure):
    """What a step is told beside its examples."""

    _fields_ = [
        ("step", c_uint64),
        ("seed", c_uint64),
        ("hyperparameters", c_void_p),
        ("examples", c_uint64),
        ("pass_", c_uint32),
        ("passes", c_uint32),
        ("epoch", c_uint64),
        ("steps", c_uint64),
        ("whole", c_uint32),
        ("first", c_uint32),
    ]


class Result(ctypes.Structure):
    """What a call found."""

    _fields_ = [
        ("loss", c_double),
        ("not_finite_layer", c_int32),
        ("reserved", c_int32),
        ("losses", c_void_p),
        ("counts", c_void_p),
    ]


class Value(ctypes.Structure):
    """An input, a target or an output."""

    _fields_ = [
        ("name", c_char_p),
        ("element_types", c_uint32),
        ("rank", c_int32),
        ("shape", c_int64 * MAX_RANK),
        ("classes", c_uint32),
        ("ignored", c_uint32),
        ("scale", c_double),
        ("scales_reals", c_int32),
        ("normalization", c_uint32),
        ("sound", c_void_p),
        ("resizes", c_int32),
    ]


class Hyperparameter(ctypes.Structure):
    """A number that each step is given."""

    _fields_ = [("name", c_char_p), ("value", c_double)]


class Measure(ctypes.Structure):
    """A loss, or a metric."""

    _fields_ = [
        ("name", c_char_p),
        ("output", c_int32),
        ("target", c_int32),
        ("is_mean", c_int32),
        ("is_logit", c_int32),
        ("is_of_labels", c_int32),
        ("probabilities", c_int32),
        ("weight", c_double),
    ]


class Plateau(ctypes.Structure):
    """When a host lets the learning rate fall."""

    _fields_ = [
        ("metric", c_char_p),
        ("factor", c_double),
        ("threshold", c_double),
        ("end", c_double),
        ("patience", c_int32),
        ("cooldown", c_int32),
        ("is_absolute", c_int32),
        ("reserved", c_int32),
    ]


class Tensor(ctypes.Structure):
    """One tensor that has a name."""

    _fields_ = [
        ("name", c_char_p),
        ("role", c_int32),
        ("region", c_int32),
        ("layer", c_int32),
        ("lanes", c_int32),
        ("rank", c_int32),
        ("initializer", c_int32),
        ("shape", c_int64 * MAX_RANK),
        ("offset", c_uint64),
        ("first", c_double),
        ("second", c_double),
        ("values", POINTER(c_double)),
    ]


class Whitening(ctypes.Structure):
    """A weight that a host makes of the training data."""

    _fields_ = [
        ("tensor", c_uint32),
        ("input", c_uint32),
        ("examples", c_uint32),
        ("row_dilation", c_int32),
        ("column_dilation", c_int32),
        ("reserved", c_int32),
        ("eps", c_double),
    ]


class View(ctypes.Structure):
    """How an evaluation looks at an input."""

    _fields_ = [
        ("weight", c_double),
        ("flips_rows", c_int32),
        ("flips_columns", c_int32),
        ("down", c_int32),
        ("right", c_int32),
        ("is_edge", c_int32),
        ("reserved", c_int32),
    ]


class Table(ctypes.Structure):
    """What a plugin says about itself, and its entry points."""

    _fields_ = [
        ("struct_size", c_uint32),
        ("abi_version", c_uint32),
        ("instruction_set", c_uint64),
        ("bnc_version", c_char_p),
        ("model_name", c_char_p),
        ("model_hash", c_char_p),
        ("target", c_char_p),
        ("batch", c_uint32),
        ("lanes", c_uint32),
        ("element_size", c_uint32),
        ("epochs", c_uint32),
        ("inputs", POINTER(Value)),
        ("targets", POINTER(Value)),
        ("outputs", POINTER(Value)),
        ("losses", POINTER(Measure)),
        ("metrics", POINTER(Measure)),
        ("hyperparameters", POINTER(Hyperparameter)),
        ("plateau", POINTER(Plateau)),
        ("optimizer_name", c_char_p),
        ("input_count", c_uint32),
        ("target_count", c_uint32),
        ("output_count", c_uint32),
        ("loss_count", c_uint32),
        ("metric_count", c_uint32),
        ("hyperparameter_count", c_uint32),
        ("parameters_size", c_uint64),
        ("state_size", c_uint64),
        ("scratch_size", c_uint64),
        ("prepared_size", c_uint64),
        ("slots_size", c_uint64),
        ("tensors", POINTER(Tensor)),
        ("layers", POINTER(c_char_p)),
        ("kernels", c_void_p),
        ("tensor_count", c_uint32),
        ("layer_count", c_uint32),
        ("kernel_count", c_uint32),
        ("passes", c_uint32),
        ("train", c_void_p),
        ("schedule", c_void_p),
        ("evaluate", c_void_p),
        ("gradient", c_void_p),
        ("prepare", c_void_p),
        ("infer", c_void_p),
        ("whitenings", POINTER(Whitening)),
        ("views", POINTER(View)),
        ("whitening_count", c_uint32),
        ("view_count", c_uint32),
        ("processes", c_uint32),
        ("whole_batch", c_uint32),
        ("shares_mirror", c_uint32),
        ("reserved", c_uint32),
        ("training_hash", c_char_p),
    ]


# The entry points; ctypes gives the interpreter's lock back while one runs.
Train = ctypes.CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)
Evaluate = Train
Prepare = ctypes.CFUNCTYPE(c_int32, c_void_p)
Gradient = ctypes.CFUNCTYPE(
    c_int32, c_void_p, c_void_p, c_void_p, c_void_p, c_int32, c_void_p, c_void_p)
Schedule = ctypes.CFUNCTYPE(None, c_uint64, c_uint64, c_uint64, c_void_p)
