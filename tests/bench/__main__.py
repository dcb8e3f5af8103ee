"""``python -m tests.bench [--quick] [--spans N] [--rounds N]``: prints ratios, judges nothing.

The floor is ``for line in open(path, "rb"): orjson.loads(line)`` with the collector off and each result
dropped at once, on the same bytes.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson

from explorer.analysis.causes import analyse
from explorer.analysis.flame import flame
from explorer.analysis.statistics import spans_of, statistics
from explorer.ingest import ingest
from explorer.ingest.lanes import spare_processes
from explorer.layout.flame import place
from explorer.model.parents import resolve_parents
from explorer.model.store import Store
from explorer.model.tree import forest
from explorer.session.rules import known_rules
from tests.bench.data import write_otlp
from tests.bench.frames import frame_times, one_trace
from tests.bench.timing import ratio, side_by_side


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="20,000 spans, 3 rounds: shows that it runs")
    parser.add_argument("--spans", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the large waterfall")
    given = parser.parse_args()
    spans, rounds, rows = (20_000, 3, 100_000) if given.quick else (given.spans, given.rounds, given.rows)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spans.jsonl"
        write_otlp(path, spans)
        _say(f"{spans:,} spans, {path.stat().st_size / 1e6:.0f} MB of OTLP JSON lines, {rounds} rounds\n")
        _reading(path, rounds)
    _frames(rows, rounds)
    _sums(rows, rounds)


def _reading(path: Path, rounds: int) -> None:
    store = ingest([path])
    rules, _ = known_rules()
    ways: dict[str, Callable[[], object]] = {
        "floor: orjson.loads of each line": lambda: _floor(path),
        "ingest: bytes to searchable store": lambda: ingest([path]),
        "the same with processes that help": lambda: ingest([path], processes=spare_processes()),
        "structure alone: parents, order, sizes": lambda: _structure(store),
        "analysis: outcomes, paths, causes": lambda: analyse(_fresh(store), rules),
    }
    times = side_by_side(ways, rounds)
    floor = times["floor: orjson.loads of each line"]
    _say(f"{'':44}{'median s':>9}  {'range s':>15}  {'x floor':>8}\n")
    for name, timed in times.items():
        _say(f"{name:44}{timed.median:9.3f}  {timed.spread:>15}  {ratio(timed, floor):8.2f}\n")
    size = sum(getattr(store.spans, name).nbytes for name in store.spans.__dataclass_fields__)
    _say(f"resident columns: {size / len(store.spans):.0f} bytes a span\n")


def _floor(path: Path) -> None:
    with path.open("rb") as stream:
        for line in stream:
            orjson.loads(line)


def _structure(store: Store) -> None:
    spans = store.spans
    shuffled = np.random.default_rng(1).permutation(len(spans))
    columns = {
        name: getattr(spans, name)[shuffled] for name in ("trace", "span_id", "parent_id", "kind", "flags")
    }
    parent, _ = resolve_parents(columns)
    forest(parent, columns["trace"], spans.start[shuffled])


def _fresh(store: Store) -> Store:
    """The same store under another identity, so that nothing is found in a cache."""
    from dataclasses import replace

    return replace(store)


def _frames(rows: int, rounds: int) -> None:
    _say(f"\n{'waterfall, 40 rows on screen':44}{'median ms':>9}  {'p95 ms':>15}\n")
    medians = {}
    for count in (1_000, rows):
        times = frame_times(count, rounds * 20)
        medians[count] = float(np.median(times))
        _say(
            f"{f'frame at {count:,} rows':44}{medians[count]:9.2f}  {float(np.quantile(times, 0.95)):15.2f}\n"
        )
    _say(f"{f'frame at {rows:,} rows / at 1,000':44}{medians[rows] / medians[1_000]:9.2f}\n")


def _sums(rows: int, rounds: int) -> None:
    """Statistics and flame graph of one trace."""
    store = one_trace(rows)
    all_of_it = spans_of(store, None)
    ways: dict[str, Callable[[], object]] = {
        f"statistics of {rows:,} spans": lambda: statistics(store, all_of_it),
        "their call paths, placed": lambda: place(flame(store, all_of_it), "time"),
    }
    _say(f"\n{'':44}{'median s':>9}  {'range s':>15}\n")
    for name, timed in side_by_side(ways, rounds).items():
        _say(f"{name:44}{timed.median:9.3f}  {timed.spread:>15}\n")


def _say(text: str) -> None:
    os.write(1, text.encode())


if __name__ == "__main__":
    main()
