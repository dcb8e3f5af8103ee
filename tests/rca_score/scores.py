"""Accuracy at ranks with the expected rank over ties, and how sure the figures are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DEEPEST = 5
_SAMPLES = 2000


@dataclass(frozen=True)
class Ranked:
    """Where the true service stands: ``before`` are ranked higher, ``tied`` stand at its place (itself among them).

    ``of`` might have been named.
    """

    before: int
    tied: int
    of: int

    def hit_at(self, depth: int) -> float:
        """Chance that it is among the first ``depth`` where ties are broken at random."""
        return min(1.0, max(0, depth - self.before) / self.tied)

    @property
    def reciprocal(self) -> float:
        """Expected reciprocal of its rank."""
        return float(np.mean(1 / np.arange(self.before + 1, self.before + self.tied + 1)))


def ranked(scores: NDArray[np.float64], true: int) -> Ranked:
    """The place of the true one among scores, the highest first; last, tied with all, where it is no candidate."""
    if true < 0:
        return Ranked(len(scores), 1, len(scores))
    return Ranked(int((scores > scores[true]).sum()), int((scores == scores[true]).sum()), len(scores))


def row_of(places: Sequence[Ranked]) -> str:
    """AC@1 with its 95 % bootstrap interval, AC@3, Avg@5, MRR and chance."""
    at = np.array([[place.hit_at(depth) for depth in range(1, _DEEPEST + 1)] for place in places])
    low, high = interval(at[:, 0])
    mrr = float(np.mean([place.reciprocal for place in places]))
    chance = float(np.mean([1 / max(place.of, 1) for place in places]))
    means = at.mean(0)
    return f"{means[0]:7.2f} [{low:.2f}, {high:.2f}]{means[2]:7.2f}{means.mean():7.2f}{mrr:7.2f}{chance:8.2f}"


HEAD = f"{'AC@1':>7}{'95 %':>13}{'AC@3':>7}{'Avg@5':>7}{'MRR':>7}{'chance':>8}{'s':>8}"


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The middle 95 % of means over cases drawn anew."""
    drawn = np.random.default_rng(1).integers(0, len(values), (_SAMPLES, len(values)))
    low, high = np.quantile(values[drawn].mean(1), [0.025, 0.975])
    return float(low), float(high)
