"""The reading of a plugin's table: once, and checked."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from . import _abi
from ._description import Description, Look, Loss, Plateau, Tensor, Value, View, Whitening
from .errors import PluginError

Made = TypeVar("Made")


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
    return Loss(
        _text(row.name), row.output, row.target, bool(row.is_logit), bool(row.is_of_labels),
        _abi.PROBABILITIES.get(row.probabilities), row.weight)


def _tensor(row: _abi.Tensor) -> Tensor:
    name = _text(row.name)
    shape = _shape(row.shape, row.rank, name)
    listed = row.initializer == _abi.LISTED and bool(row.values) and math.prod(shape) <= 1 << 16
    values = tuple(row.values[k] for k in range(math.prod(shape))) if listed else None
    known = 0 <= row.initializer < _abi.LISTED or listed
    if not (0 <= row.region <= _abi.SLOTS and 0 <= row.lanes <= 64 and known):
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
