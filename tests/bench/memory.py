"""Memory and growth: each size is read by a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.data import write_chain, write_copies
from tests.bench.data_formats import write_jaeger
from tests.bench.run import Run, megabytes, say

READING = """
import gc, json, resource, sys, time
from pathlib import Path
import orjson
from explorer.ingest import ingest
from explorer.readers.registry import readers
readers()
gc.disable()
def peak():
    if sys.platform == "linux":  # where ru_maxrss begins with that of the process it was forked from
        return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
base, begun, clock = peak(), time.process_time(), time.perf_counter()
store = ingest([Path(sys.argv[1])])
seconds, wall = time.process_time() - begun, time.perf_counter() - clock
print(json.dumps({"seconds": seconds, "wall": wall, "base": base, "peak": peak(), "spans": len(store.spans),
                  "traces": len(store.traces), "depth": int(store.spans.depth.max()) + 1,
                  "columns": sum(getattr(store.spans, n).nbytes for n in store.spans.__dataclass_fields__)}))
"""


def measure(run: Run) -> None:
    """A tenth of the spans, then all of them: peak memory, bytes a span, growth."""
    _grow(run, [run.otlp(run.spans // 10), run.otlp()])


def large(run: Run) -> None:
    """100,000, 1,000,000 and 10,000,000 spans (10 GB of disk; 20 times fewer with ``--quick``)."""
    step = 5_000 if run.quick else 100_000
    base = run.otlp(step)
    paths = [base]
    for times in (10, 100):
        paths.append(run.folder / f"large-{times}.jsonl")
        write_copies(base, paths[-1], times)
    _grow(run, paths)


def deep(run: Run) -> None:
    """One trace in which every span is the only child of the one before."""
    path = run.folder / "chain.jsonl"
    write_chain(path, 50_000 if run.quick else 1_000_000)
    found = read(path)
    told = f"a chain {found['depth']:,} spans deep"
    say(
        f"\n{told:52}{found['seconds']:9.2f} s CPU  {(found['peak'] - found['base']) / 1e6:6.0f} MB at the peak"
    )


def jaeger_large(run: Run) -> None:
    """One Jaeger document of about 600 MB."""
    path = run.folder / "large.json"
    write_jaeger(path, 6_000 if run.quick else 600_000)
    found = read(path)
    told = f"one Jaeger document, {found['spans']:,} spans, {megabytes(path)}"
    say(
        f"\n{told:52}{found['seconds']:9.2f} s CPU  {(found['peak'] - found['base']) / 1e6:6.0f} MB at the peak"
    )


def _grow(run: Run, paths: list[Path]) -> None:
    say(
        f"\n{'memory and growth, one process each':52}{'CPU s':>9}  {'peak MB':>9}  {'bytes a span':>12}  growth"
    )
    before: dict[str, Any] | None = None
    for path in paths:
        found = read(path)
        grown = ""
        if before is not None:
            size = found["spans"] / before["spans"]
            more = (found["peak"] - found["base"]) / max(before["peak"] - before["base"], 1)
            grown = (
                f"{size:.0f} x spans: {found['seconds'] / before['seconds']:.1f} x time, {more:.1f} x memory"
            )
        peak = (found["peak"] - found["base"]) / 1e6
        told = f"{found['spans']:,} spans"
        size_of = found["columns"] / found["spans"]
        say(f"{told:52}{found['seconds']:9.2f}  {peak:9.0f}  {size_of:12.0f}  {grown}")
        before = found


def read(path: Path) -> dict[str, Any]:
    """What a process of its own says that reading a file took."""
    command = [sys.executable, "-c", READING, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
