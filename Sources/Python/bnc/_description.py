"""What a plugin says about itself, read once and checked, as typed objects."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from . import _abi
from .errors import PluginError

Row = TypeVar("Row")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Value:
    """An input, a target or an output.

    `shape` is one example's; of a target of classes its positions, `()` where it has one. `classes`
    is the number of classes of a target, or None; `ignored` a label that does not count. Bytes (uint8)
    of an input are multiplied by `scale` on their way in, and other numbers too where `scales_reals`
    says so. `resizes` and `is_sound` say that bnc's own commands make the input of files; here it is
    given as it is.
    """

    name: str
    shape: tuple[int, ...]
    classes: int | None
    ignored: int | None
    scale: float
    takes_bytes: bool
    scales_reals: bool
    normalization: int | None
    is_sound: bool
    resizes: bool

    @property
    def size(self) -> int:
        """Numbers of one example."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Loss:
    """A loss: its name, the output and the target that it compares by their places, its factor in the
    whole. `is_logit` says that the one output for two classes says the second above 0, not 0.5."""

    name: str
    output: int
    target: int
    is_logit: bool
    weight: float


@dataclass(frozen=True)
class Tensor:
    """One named tensor: where it lies, and how it starts."""

    name: str
    role: int
    region: int
    layer: int | None
    lanes: int
    shape: tuple[int, ...]
    offset: int
    initializer: int
    first: float
    second: float
    values: tuple[float, ...] | None

    @property
    def size(self) -> int:
        """Numbers of it, for one example where there is one for each."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Plateau:
    """When the learning rate falls because the validation stopped getting better."""

    metric: str
    factor: float
    threshold: float
    end: float
    patience: int
    cooldown: int
    is_absolute: bool


@dataclass(frozen=True)
class Whitening:
    """A weight that is made of the patches of the training data's first `examples` examples."""

    tensor: Tensor
    input: int
    examples: int
    row_dilation: int
    column_dilation: int
    eps: float


@dataclass(frozen=True)
class Look:
    """How a view sees an input: flipped, then moved."""

    flips_rows: bool
    flips_columns: bool
    down: int
    right: int
    is_edge: bool


@dataclass(frozen=True)
class View:
    """One view of an example: its weight in the mean, and how it sees each input."""

    weight: float
    looks: tuple[Look, ...]


@dataclass(frozen=True)
class Description:
    """A compiled network: its model, sizes, values and tensors.

    `batch` is the number of examples a call, at most; `passes` how many calls a step may have.
    """

    model_name: str
    model_hash: str
    version: str
    target: str
    instruction_set: int
    batch: int
    lanes: int
    element_size: int
    epochs: int
    passes: int
    optimizer_name: str
    inputs: tuple[Value, ...]
    targets: tuple[Value, ...]
    outputs: tuple[Value, ...]
    losses: tuple[Loss, ...]
    hyperparameters: tuple[tuple[str, float], ...]
    layers: tuple[str, ...]
    tensors: tuple[Tensor, ...]
    region_sizes: tuple[int, int, int, int]
    prepared_size: int
    can_train: bool
    has_gradient: bool
    has_schedule: bool
    plateau: Plateau | None
    whitenings: tuple[Whitening, ...]
    views: tuple[View, ...]

    @property
    def examples_per_step(self) -> int:
        """The examples of all passes of a step, at most."""
        return self.batch * self.passes

    @property
    def parameter_count(self) -> int:
        """How many numbers are learned."""
        return sum(t.size for t in self.tensors if t.region == _abi.PARAMETERS)

    @property
    def averages(self) -> list[tuple[Tensor, Tensor]]:
        """The parameters in whose place an average is evaluated and saved, with that."""
        parameters = {t.name: t for t in self.tensors if t.region == _abi.PARAMETERS}
        pairs = [(parameters.get(t.name.partition(".")[2]), t) for t in self.tensors
                 if t.role == _abi.AVERAGE]
        return [(p, t) for p, t in pairs if p is not None and p.shape == t.shape]


def describe(table: _abi.Table) -> Description:
    """Reads a table whose size and version have been checked.

    Raises PluginError, without the file's name, where the table contradicts itself.
    """
    if table.element_size not in (4, 8):
        raise PluginError(f"has elements of {table.element_size} bytes, known are 4 and 8")
    if not (1 <= table.batch <= 1 << 20 and 1 <= table.lanes <= 64 and table.passes <= 1 << 20):
        raise PluginError(f"has a batch of {table.batch} and {table.lanes} lanes, which cannot be")
    regions = (table.parameters_size, table.state_size, table.scratch_size, table.slots_size)
    if max(*regions, table.prepared_size) > 1 << 46:
        raise PluginError(f"asks for {regions} bytes of memory, which cannot be")
    inputs = _rows(table.inputs, table.input_count, _value)
    tensors = _rows(table.tensors, table.tensor_count, _tensor)
    found = Description(
        model_name=_text(table.model_name), model_hash=_text(table.model_hash),
        version=_text(table.bnc_version), target=_text(table.target),
        instruction_set=table.instruction_set, batch=table.batch, lanes=table.lanes,
        element_size=table.element_size, epochs=table.epochs, passes=max(1, table.passes),
        optimizer_name=_text(table.optimizer_name), inputs=inputs,
        targets=_rows(table.targets, table.target_count, _value),
        outputs=_rows(table.outputs, table.output_count, _value),
        losses=_rows(table.losses, table.loss_count, _loss),
        hyperparameters=_rows(
            table.hyperparameters, table.hyperparameter_count, lambda r: (_text(r.name), r.value)),
        layers=_rows(table.layers, table.layer_count, _text), tensors=tensors,
        region_sizes=regions, prepared_size=table.prepared_size, can_train=bool(table.train),
        has_gradient=bool(table.gradient), has_schedule=bool(table.schedule or table.plateau),
        plateau=_plateau(table.plateau.contents) if table.plateau else None,
        whitenings=_rows(
            table.whitenings, table.whitening_count, lambda r: _whitening(r, tensors, inputs)),
        views=_views(table))
    _check(found)
    return found


def _text(pointer: bytes | None) -> str:
    if pointer is None:
        raise PluginError("has a name that is missing")
    return pointer.decode("utf-8", "replace")


def _rows(base: Any, count: int, make: Callable[[Any], Made]) -> tuple[Made, ...]:
    if count > 1 << 20 or count > 0 and not base:
        raise PluginError("has a table of its own that cannot be")
    return tuple(make(base[index]) for index in range(count))


def _shape(lengths: Sequence[int], rank: int, name: str) -> tuple[int, ...]:
    if not 0 <= rank <= _abi.MAX_RANK:
        raise PluginError(f"has '{name}' of rank {rank}")
    shape = tuple(lengths[:rank])
    if any(length < 1 for length in shape) or math.prod(shape) > 1 << 40:
        raise PluginError(f"has '{name}' of the impossible shape {list(shape)}")
    return shape


def _value(row: _abi.Value) -> Value:
    name = _text(row.name)
    # The bit of its sign is turned, so that 0 says that there is none.
    ignored = ctypes.c_int32(row.ignored ^ 1 << 31).value if row.ignored else None
    return Value(
        name, _shape(row.shape, row.rank, name), row.classes or None, ignored, row.scale,
        bool(row.element_types & 1 << _abi.UINT8), bool(row.scales_reals),
        row.normalization - 1 if row.normalization else None, bool(row.sound), bool(row.resizes))


def _loss(row: _abi.Measure) -> Loss:
    return Loss(_text(row.name), row.output, row.target, bool(row.is_logit), row.weight)


def _tensor(row: _abi.Tensor) -> Tensor:
    name = _text(row.name)
    shape = _shape(row.shape, row.rank, name)
    listed = row.initializer == _abi.LISTED and bool(row.values) and math.prod(shape) <= 1 << 16
    values = tuple(row.values[k] for k in range(math.prod(shape))) if listed else None
    known = row.initializer < _abi.LISTED or listed
    if not (0 <= row.region <= _abi.SLOTS and 0 <= row.lanes <= 64 and row.initializer >= 0 and known):
        raise PluginError(f"describes tensor '{name}' in a way that is not known here")
    return Tensor(
        name, row.role, row.region, row.layer if row.layer >= 0 else None, row.lanes, shape,
        row.offset, row.initializer, row.first, row.second, values)


def _plateau(row: _abi.Plateau) -> Plateau:
    return Plateau(
        _text(row.metric), row.factor, row.threshold, row.end, row.patience, row.cooldown,
        bool(row.is_absolute))


def _whitening(
    row: _abi.Whitening, tensors: tuple[Tensor, ...], inputs: tuple[Value, ...]
) -> Whitening:
    if not (row.tensor < len(tensors) and row.input < len(inputs) and row.eps > 0
            and row.row_dilation >= 1 and row.column_dilation >= 1):
        raise PluginError("makes a weight of the data in a way that is not known here")
    return Whitening(
        tensors[row.tensor], row.input, row.examples, row.row_dilation, row.column_dilation,
        row.eps)


def _views(table: _abi.Table) -> tuple[View, ...]:
    width = table.input_count
    rows = _rows(table.views, table.view_count * width, lambda row: (row.weight, Look(
        bool(row.flips_rows), bool(row.flips_columns), row.down, row.right, bool(row.is_edge))))
    return tuple(
        View(rows[start][0], tuple(look for _, look in rows[start:start + width]))
        for start in range(0, len(rows), max(width, 1)))


def _check(d: Description) -> None:
    """What later calls rely on: something of each kind, and every tensor within its region."""
    if not (d.inputs and d.targets and d.outputs and d.losses):
        raise PluginError("has no input, no target, no output or no loss")
    for loss in d.losses:
        if not (0 <= loss.output < len(d.outputs) and 0 <= loss.target < len(d.targets)):
            raise PluginError(f"has a loss '{loss.name}' of what is not there")
    for tensor in d.tensors:
        width = max(tensor.lanes, 1)
        each = tensor.role in (_abi.VALUE, _abi.VALUE_GRADIENT)
        examples = -(-d.batch // width) * width if each else 1
        end = tensor.offset + tensor.size * examples * d.element_size
        if tensor.offset % d.element_size or end > d.region_sizes[tensor.region]:
            raise PluginError(f"places tensor '{tensor.name}' outside its memory")
