"""What a plugin says about itself, as typed objects."""

from __future__ import annotations

import math
from dataclasses import dataclass

from . import _abi


@dataclass(frozen=True)
class Value:
    """An input, a target or an output.

    `shape` is one example's; of a target of classes its positions, `()` where it has one. `classes`
    is the number of classes of a target, or None; `ignored` a label that does not count. Bytes
    (uint8) of an input are multiplied by `scale` on their way in, and other numbers too where
    `scales_reals` says so. `resizes` and `is_sound` say that bnc's own commands make the input of
    files; here it is given as it is.
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
    """A loss: its name, the output and the target that it compares by their places, its factor in
    the whole. `is_logit` says that the one output for two classes says the second above 0, not
    0.5; `is_of_labels` that each of several real values says whether something is so;
    `probabilities` what makes probabilities of the output, "softmax" or "sigmoid"."""

    name: str
    output: int
    target: int
    is_logit: bool
    is_of_labels: bool
    probabilities: str | None
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
