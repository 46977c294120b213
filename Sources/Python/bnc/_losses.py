"""The means of an evaluation's losses over its batches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Found:
    """What a call found: the sum of the losses, of each loss its part, and what the examples count together in
    each: their number, but where classes have weights or one is ignored. `layer` is the first whose result is
    not finite, where an output is not, else -1."""

    loss: float
    parts: list[float]
    counts: list[float]
    layer: int = -1


class MeanLosses:
    """Losses over all examples: of classes that have weights, or of which one is ignored, the mean by what the
    examples count, however many make a batch."""

    def __init__(self, losses: int) -> None:
        self._loss, self._examples = 0.0, 0
        self._sums, self._weighted, self._counts = ([0.0] * losses for _ in range(3))

    def add(self, found: Found, count: int) -> None:
        """Adds what `count` examples came to."""
        self._loss += found.loss
        self._examples += count
        for index, (part, counted) in enumerate(zip(found.parts, found.counts, strict=True)):
            self._sums[index] += part
            self._weighted[index] += counted * (part / count)
            self._counts[index] += counted

    def parts(self) -> list[float]:
        """Of each loss its mean."""
        return [
            total / self._examples if counted == self._examples
            else weighted / counted if counted > 0 else 0.0
            for total, weighted, counted in zip(
                self._sums, self._weighted, self._counts, strict=True)]

    def whole(self) -> float:
        """The mean of all together, with what parameters add."""
        changes = (
            part - total / self._examples
            for part, total in zip(self.parts(), self._sums, strict=True))
        return self._loss / self._examples + sum(changes)
