"""Timing several ways side by side: each round runs all of them, so that a slow spell hits all alike."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of each round of one way: by the clock, and of processor time with that of ended children."""

    seconds: tuple[float, ...]
    processor: tuple[float, ...] = ()

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
    processor: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()
            gc.disable()
            begun, used = time.perf_counter(), sum(os.times()[:4])
            try:
                way()
            finally:
                seconds[name].append(time.perf_counter() - begun)
                processor[name].append(sum(os.times()[:4]) - used)
                gc.enable()
    return {name: Timed(tuple(values), tuple(processor[name])) for name, values in seconds.items()}


def ratio(one: Timed, other: Timed) -> float:
    """Median of the ratios round by round."""
    return statistics.median(a / b for a, b in zip(one.seconds, other.seconds, strict=True))


def processor_ratio(one: Timed, other: Timed) -> float:
    """The same of processor time, which other work on the machine disturbs less; 0.0 where it is too short to tell."""
    pairs = zip(one.processor, other.processor, strict=True)
    return statistics.median(a / b if b else 0.0 for a, b in pairs)
