"""What one run of the benchmarks shares: its sizes, its made-up data, and how results are printed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.bench.data import write_otlp
from tests.bench.timing import Timed, processor_ratio, ratio, side_by_side


@dataclass(frozen=True, slots=True)
class Run:
    """Sizes of a run, and where its data lies.

    Attributes:
        rows: of the large waterfall.
        quick: sizes that are set apart from the number of spans are small too.
        jaeger_ui: a checkout of it, to be measured beside.
    """

    folder: Path
    spans: int
    rounds: int
    rows: int
    quick: bool
    jaeger_ui: Path | None = None

    def otlp(self, spans: int = 0) -> Path:
        """OTLP JSON lines of so many spans (as many as the run has), made when first asked for."""
        path = self.folder / f"{spans or self.spans}.jsonl"
        if not path.exists():
            write_otlp(path, spans or self.spans)
        return path

    def compare(self, title: str, ways: Mapping[str, Callable[[], object]]) -> dict[str, Timed]:
        """Time ways side by side and print them; the first is the floor of the others."""
        times = side_by_side(ways, self.rounds)
        floor = next(iter(times.values()))
        say(f"\n{title:52}{'median s':>9}  {'range s':>15}  {'x floor':>8}  {'in CPU':>7}")
        for name, timed in times.items():
            say(f"{name:52}{timed.median:9.3f}  {timed.spread:>15}  {ratio(timed, floor):8.2f}  "
                f"{processor_ratio(timed, floor):7.2f}")  # fmt: skip
        return times


def read_lines(path: Path) -> None:
    """The floor: decode each line and drop the result."""
    with path.open("rb") as stream:
        for line in stream:
            orjson.loads(line)


def megabytes(path: Path) -> str:
    """The size of a file for a title."""
    return f"{path.stat().st_size / 1e6:.0f} MB"


def say(text: str) -> None:
    """Print a line at once."""
    os.write(1, f"{text}\n".encode())
