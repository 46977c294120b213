"""A frozen network, as `bnc freeze` writes it: one C file and its header, run on numpy arrays."""

from __future__ import annotations

import ctypes
import os
import pathlib
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _abi, _cache, _executable
from ._plugin import check_shared_object
from .errors import DataError, Error

Array = NDArray[Any]


@dataclass(frozen=True)
class FrozenValue:
    """An input or an output of a frozen network: its name, one example's shape, and how its numbers
    are handed over, uint8 or float32."""

    name: str
    shape: tuple[int, ...]
    dtype: str

    @property
    def size(self) -> int:
        """Numbers of one example."""
        return int(np.prod(self.shape, dtype=np.int64))


@dataclass(frozen=True)
class _Header:
    """What a header says of its network."""

    prefix: str
    batch: int
    scratch: int
    alignment: int
    inputs: tuple[FrozenValue, ...]
    outputs: tuple[FrozenValue, ...]
    weights_size: int | None
    class_count: int


class Frozen:
    """A frozen network: `Frozen("net.c")` compiles it, `Frozen("net.so")` takes what a C compiler
    made of it before; net.h, which `bnc freeze` wrote, lies beside either.

    `inputs` and `outputs` say what it takes and makes, `batch` how many examples a call has, and
    `class_names` what the training's data called the classes. With `--weights file`, net.weights
    lies there too.
    """

    def __init__(self, path: str | os.PathLike[str], *, cc: str | None = None) -> None:
        file = pathlib.Path(path).absolute()
        if file.suffix not in (".c", ".so"):
            raise Error(f"{file}: is no frozen network: name its C file, or a shared library of it")
        header = _parsed(file.with_suffix(".h"))
        library = file if file.suffix == ".so" else _compiled(file, cc)
        check_shared_object(str(library))
        self.path = str(file)
        self.inputs, self.outputs, self.batch = header.inputs, header.outputs, header.batch
        self._header = header
        self._library = ctypes.CDLL(str(library))
        self._function = getattr(self._library, f"{header.prefix}_run")
        self._function.restype = None
        self._weights = self._loaded_weights(file) if header.weights_size is not None else None
        self.class_names = self._names()

    def __call__(self, x: ArrayLike | dict[str, ArrayLike]) -> Array | dict[str, Array]:
        """The outputs of any number of examples: an array, or of several outputs a dict by name."""
        inputs = self._rows(x)
        count = len(inputs[0])
        outputs = [np.empty((count, value.size), np.float32) for value in self.outputs]
        whole = count // self.batch * self.batch
        scratch = _aligned(self._header.scratch * 4, self._header.alignment)
        for start in range(0, whole, self.batch):
            self._call(inputs, outputs, start, scratch)
        if whole < count:
            # The last call is filled up with the last example.
            places = np.minimum(np.arange(whole, whole + self.batch), count - 1)
            rest = [np.empty((self.batch, value.size), np.float32) for value in self.outputs]
            self._call([np.ascontiguousarray(a[places]) for a in inputs], rest, 0, scratch)
            for output, part in zip(outputs, rest, strict=True):
                output[whole:] = part[:count - whole]
        shaped = [o.reshape(count, *v.shape) for o, v in zip(outputs, self.outputs, strict=True)]
        if len(shaped) == 1:
            return shaped[0]
        return dict(zip((value.name for value in self.outputs), shaped, strict=True))

    def _rows(self, x: ArrayLike | dict[str, ArrayLike]) -> list[Array]:
        given = x if isinstance(x, dict) else {self.inputs[0].name: x}
        if set(given) != {value.name for value in self.inputs}:
            raise DataError(f"give the inputs by name: {[value.name for value in self.inputs]}")
        rows = [_input(value, given[value.name]) for value in self.inputs]
        if len({len(array) for array in rows}) != 1:
            raise DataError("the inputs have different numbers of examples")
        return rows

    def _call(
        self, inputs: list[Array], outputs: list[Array], start: int, scratch: Array
    ) -> None:
        arrays = [array[start:start + self.batch] for array in [*inputs, *outputs]]
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in [*arrays, scratch]]
        if self._weights is not None:
            pointers.append(self._weights[1])
        self._function(*pointers)

    def _loaded_weights(self, file: pathlib.Path) -> tuple[Array, ctypes.c_void_p]:
        """The bytes of net.weights, which stay where they are, and what the network takes of
        them."""
        path = file.with_suffix(".weights")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Error(f"{path}: cannot be read: {error.strerror}") from error
        memory = _aligned(len(content), _abi.ALIGNMENT)
        memory[...] = np.frombuffer(content, np.uint8)
        function = getattr(self._library, f"{self._header.prefix}_weights_from")
        function.restype = ctypes.c_void_p
        found = function(ctypes.c_void_p(memory.ctypes.data), ctypes.c_size_t(len(content)))
        if not found:
            raise Error(f"{path}: is damaged, or of another network; freeze the network again")
        return memory, ctypes.c_void_p(found)

    def _names(self) -> list[str]:
        if self._header.class_count == 0:
            return []
        kind = ctypes.c_char_p * self._header.class_count
        names = kind.in_dll(self._library, f"{self._header.prefix}_class_names")
        return [(name or b"").decode("utf-8", "replace") for name in names]


def _aligned(size: int, alignment: int) -> Array:
    whole = np.empty(size + alignment, np.uint8)
    skip = -whole.ctypes.data % alignment
    return whole[skip:skip + size]


def _input(value: FrozenValue, given: ArrayLike) -> Array:
    array = np.asarray(given)
    if array.dtype.kind not in "buif" or array.ndim == 0 or len(array) == 0:
        raise DataError(f"input '{value.name}' is no array of examples")
    if int(np.prod(array.shape[1:], dtype=np.int64)) != value.size:
        raise DataError(
            f"input '{value.name}' has examples of shape {list(array.shape[1:])}, the network's is "
            f"{list(value.shape)}")
    if value.dtype == "uint8" and array.dtype != np.uint8:
        raise DataError(
            f"input '{value.name}' takes bytes, not {array.dtype}; freeze it with --input float")
    return np.require(array.reshape(len(array), value.size), np.dtype(value.dtype), ["C", "A"])


def _compiled(file: pathlib.Path, cc: str | None) -> pathlib.Path:
    flags = ["-std=c99", "-O2", f"-I{file.parent}"]
    compiler = _executable.c_compiler(cc)
    try:
        texts = [file.read_text("utf-8"), file.with_suffix(".h").read_text("utf-8")]
    except (OSError, UnicodeDecodeError) as error:
        raise Error(f"{file}: cannot be read: {error}") from error
    # `--target native` of bnc freeze may need more than the compiler takes by itself.
    native = ["-march=native"] if "vector_size" in texts[0] else []

    def make(work: pathlib.Path) -> pathlib.Path:
        output = work / "frozen.so"
        _executable.build_library([str(file)], str(output), [*flags, *native], compiler)
        return output

    key = [*texts, " ".join([*flags, *native]), _cache.identity(compiler)]
    return _cache.library("frozen", key, make)


_PROTOTYPE = re.compile(r"^void (\w+)_run\(([^;]*)\);", re.M)
_SIZE = re.compile(
    r"((?:^//[^\n]*\n)+)#define (\w+)_(INPUT|OUTPUT)_SIZE(?:_(\d+))? (\d+)$", re.M)
_MEANING = re.compile(r"^(.*), \[([\d, ]*)\]: so many (bytes|floats) an example")


def _parsed(path: pathlib.Path) -> _Header:
    """The header that `bnc freeze` wrote beside a network."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Error(f"{path}: the header that bnc freeze wrote cannot be read: {error}") from error
    prototype = _PROTOTYPE.search(text)
    if prototype is None:
        raise Error(f"{path}: is no header of bnc freeze: it declares no network")

    def number(name: str) -> int:
        found = re.search(rf"^#define \w+_{name} (\d+)$", text, re.M)
        if found is None:
            raise Error(f"{path}: is no header of bnc freeze: it lacks {name}")
        return int(found[1])

    values: dict[str, list[FrozenValue]] = {"INPUT": [], "OUTPUT": []}
    for comment, _, kind, _, size in _SIZE.findall(text):
        words = " ".join(line.removeprefix("//").strip() for line in comment.splitlines())
        meaning = _MEANING.match(words)
        if meaning is None:
            raise Error(f"{path}: is no header of this bnc's freeze: {words}")
        shape = tuple(int(length) for length in meaning[2].split(",") if length.strip())
        value = FrozenValue(
            meaning[1], shape, "uint8" if meaning[3] == "bytes" else "float32")
        if value.size != int(size):
            raise Error(f"{path}: says two sizes of '{value.name}'")
        values[kind].append(value)
    classes = re.search(r"_class_names\[(\d+)\];", text)
    loads = "_WEIGHTS_SIZE " in text
    count = len(values["INPUT"]) + len(values["OUTPUT"]) + 1 + loads
    if not values["INPUT"] or not values["OUTPUT"] or count != prototype[2].count(",") + 1:
        raise Error(f"{path}: is no header of this bnc's freeze: its network takes something else")
    return _Header(
        prototype[1], number("BATCH"), number("SCRATCH_SIZE"), number("ALIGNMENT"),
        tuple(values["INPUT"]), tuple(values["OUTPUT"]), number("WEIGHTS_SIZE") if loads else None,
        int(classes[1]) if classes else 0)
