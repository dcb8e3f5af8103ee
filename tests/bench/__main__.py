"""``python -m tests.bench [SECTION …] [--quick] [--spans N] [--rounds N]``: prints ratios, judges nothing.

The floor is ``for line in open(path, "rb"): orjson.loads(line)`` with the collector off and each result dropped at
once, on the same bytes; of one document, ``orjson.loads`` of its bytes. All data is made up here.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.bench import (
    analysing,
    archives,
    graph,
    ingesting,
    jaeger_ui,
    logs,
    loop,
    memory,
    readers,
    search,
    window,
)
from tests.bench.run import Run

SECTIONS: Final[dict[str, Callable[[Run], None]]] = {
    "ingest": ingesting.measure,
    "analysis": analysing.measure,
    "archives": archives.measure,
    "readers": readers.measure,
    "search": search.measure,
    "memory": memory.measure,
    "waterfall": window.waterfall,
    "acts": window.acts,
    "graph": graph.measure,
    "sums": ingesting.sums,
    "loop": loop.measure,
    "loop-one": loop.one,
    "start": window.start,
    "deep": memory.deep,
    "files": archives.many_files,
    "jaeger-large": memory.jaeger_large,
    "again": logs.again,
    "logs": logs.measure,
    "large": memory.large,
    "jaeger-ui": jaeger_ui.measure,
}
NOT_BY_DEFAULT: Final = frozenset({"large", "logs", "jaeger-large", "jaeger-ui"})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("section", nargs="*", help=f"which to measure: {', '.join(SECTIONS)}")
    parser.add_argument("--quick", action="store_true", help="20,000 spans, 3 rounds: shows that it runs")
    parser.add_argument("--spans", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the large waterfall")
    parser.add_argument("--jaeger-ui", type=Path, metavar="FOLDER", help="a checkout of it, for jaeger-ui")
    given = parser.parse_args()
    if unknown := set(given.section) - set(SECTIONS):
        parser.error(f"no section is called {min(unknown)}; there are {', '.join(SECTIONS)}")
    spans, rounds, rows = (20_000, 3, 100_000) if given.quick else (given.spans, given.rounds, given.rows)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), spans, rounds, rows, quick=given.quick, jaeger_ui=given.jaeger_ui)
        for name in given.section or [name for name in SECTIONS if name not in NOT_BY_DEFAULT]:
            SECTIONS[name](run)


if __name__ == "__main__":
    main()
