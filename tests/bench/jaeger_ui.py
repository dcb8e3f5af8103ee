"""One Jaeger document: ours against parsing and transforming it as jaeger-ui does, by its own code in node.

Nothing of it lies here. A checkout of it is named with ``--jaeger-ui``; in that folder::

    git clone --depth 1 https://github.com/jaegertracing/jaeger-ui && cd jaeger-ui
    npm install --no-save --prefix . esbuild lodash memoize-one deep-freeze
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tests.bench.data_formats import write_jaeger
from tests.bench.memory import READING
from tests.bench.run import Run, megabytes, say

SPANS: Final = 100_000
BUNDLED: Final = "packages/jaeger-ui/src/model/transform-trace-data.ts"
THEIRS: Final = """
globalThis.window = globalThis;
console.warn = () => {};
const transform = require(process.argv[2]).default;
const begun = performance.now(), used = process.cpuUsage();
const traces = JSON.parse(require("fs").readFileSync(process.argv[3], "utf8")).data.map(one => transform(one));
const cpu = process.cpuUsage(used);
console.log(JSON.stringify({
  wall: (performance.now() - begun) / 1e3, seconds: (cpu.user + cpu.system) / 1e6,
  peak: process.resourceUsage().maxRSS * 1024, spans: traces.reduce((sum, one) => sum + one.spans.length, 0),
}));
"""
"""Reads, parses and transforms; draws nothing, and makes no second copy as its page does when it loads a file."""


def measure(run: Run) -> None:
    """Time and memory of both, a process each, in turn."""
    checkout = run.jaeger_ui
    if checkout is None:
        say("\njaeger-ui: name a checkout of it with --jaeger-ui (see tests/bench/jaeger_ui.py)")
        return
    path, bundle, script = (run.folder / name for name in ("jaeger.json", "transform.cjs", "theirs.cjs"))
    write_jaeger(path, SPANS // 10 if run.quick else SPANS)
    script.write_text(THEIRS)
    _bundle(checkout, bundle)
    ways = {
        "jaeger-ui: JSON.parse and transformTraceData": ["node", str(script), str(bundle), str(path)],
        "ours: bytes to searchable store": [sys.executable, "-c", READING, str(path)],
    }
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ways}
    for _ in range(run.rounds):
        for name, command in ways.items():
            found[name].append(_told(command))
    theirs = next(iter(found.values()))
    title = f"one Jaeger document, {theirs[0]['spans']:,} spans, {megabytes(path)}"
    say(f"\n{title:52}{'median s':>9}  {'CPU s':>7}  {'peak MB':>8}  x theirs: time, CPU, memory")
    for name, times in found.items():
        wall, cpu, peak = (
            statistics.median(one[key] for one in times) for key in ("wall", "seconds", "peak")
        )
        shares = [
            statistics.median(a[key] / b[key] for a, b in zip(times, theirs, strict=True))
            for key in ("wall", "seconds", "peak")
        ]
        said = ", ".join(f"{share:.2f}" for share in shares)
        say(f"{name:52}{wall:9.3f}  {cpu:7.3f}  {peak / 1e6:8.0f}  {said}")


def _bundle(checkout: Path, into: Path) -> None:
    """Their module with all that it imports, as one file that node runs."""
    esbuild = checkout / "node_modules" / ".bin" / "esbuild"
    command = [str(esbuild), str(checkout / BUNDLED), "--bundle", "--platform=node", "--log-level=error",
               f"--outfile={into}"]  # fmt: skip
    subprocess.run(command, check=True, cwd=checkout)


def _told(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=dict(os.environ))
    found: dict[str, Any] = json.loads(done.stdout)
    return found
