"""Timing several ways side by side: each round runs all of them, so that a slow spell hits all alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of each round of one way."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Median, s."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> str:
        """Lowest to highest."""
        return f"{min(self.seconds):.3f}–{max(self.seconds):.3f}"


def side_by_side(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Timed]:
    """Run all ways in turn, ``rounds`` times; the collector is off while one runs."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()
            gc.disable()
            begun = time.perf_counter()
            try:
                way()
            finally:
                seconds[name].append(time.perf_counter() - begun)
                gc.enable()
    return {name: Timed(tuple(values)) for name, values in seconds.items()}


def ratio(one: Timed, other: Timed) -> float:
    """Median of the ratios round by round."""
    return statistics.median(a / b for a, b in zip(one.seconds, other.seconds, strict=True))
