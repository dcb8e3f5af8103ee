"""The window: frames of the waterfall, and how long it takes to be there."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

import numpy as np

from tests.bench.frames import act_times, frame_times
from tests.bench.run import Run, say

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1280, 800)
window.show()
app.processEvents()
window.grab()
"""
OURS = """
import os, sys
from explorer.cli.main import main
import explorer.gui.unhooked
from explorer.gui import building

def begin(self):  # the first paint is over
    self.parent().grab()
    os._exit(0)

building.Builder._begin = begin
main(sys.argv[1:])
"""
IDS = """
import os, sys
from PySide6.QtCore import QTimer
from explorer.cli.main import main
import explorer.gui.unhooked
from explorer.gui import building

def painted():
    if not window.board.updatesEnabled() or not len(window.board.ids.list.shown.entries):
        QTimer.singleShot(0, painted)
    else:
        window.grab()
        os._exit(0)

def begin(self):
    global window
    window = self.parent()
    window.opener.opened.connect(painted)
    begun(self)

begun, building.Builder._begin = building.Builder._begin, begin
main(["demo"])
"""
"""The same program as a user starts it, left at the first paint, and at the first ids of the demo."""


def waterfall(run: Run) -> None:
    """Frames at few and at many rows."""
    say(f"\n{'waterfall, 40 rows on screen, CPU':52}{'median ms':>9}  {'p95 ms':>15}")
    medians = {}
    for count in (1_000, run.rows):
        times = frame_times(count, run.rounds * 20)
        medians[count] = float(np.median(times))
        say(f"{f'frame at {count:,} rows':52}{medians[count]:9.2f}  {float(np.quantile(times, 0.95)):15.2f}")
    say(f"{f'frame at {run.rows:,} rows / at 1,000':52}{medians[run.rows] / medians[1_000]:9.2f}")


def acts(run: Run) -> None:
    """What keys do to a large waterfall, each with the frame that shows it."""
    say(f"\n{f'waterfall of {run.rows:,} rows: a key and its frame':52}{'median ms':>9}  {'longest ms':>15}")
    for name, times in act_times(run.rows, run.rounds).items():
        say(f"{name:52}{statistics.median(times):9.1f}  {max(times):15.1f}")


def start(run: Run) -> None:
    """A process up to its first painted window, ours and a bare one in turn; then up to the first ids of the demo."""
    scripts = {
        "a bare PySide6 main window": BARE, "the window of Trace Explorer": OURS,
        "the first ids of the demo": IDS, "the same, opened before": IDS,
    }  # fmt: skip
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in scripts}
    for turn in range(run.rounds):
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        kept["TRACE_EXPLORER_HOME"] = str(run.folder / f"home-{turn}")
        for name, script in scripts.items():
            times[name].append(_timed(script, kept))
    heads = f"{'CPU s':>8}  {'x bare':>7}  {'wall s':>8}  {'x bare':>7}"
    say(f"\n{'start to the first paint, with all processes':52}{heads}")
    bare = times["a bare PySide6 main window"]
    for name, found in times.items():
        line = f"{name:52}"
        for kind in (0, 1):
            share = statistics.median(a[kind] / b[kind] for a, b in zip(found, bare, strict=True))
            line += f"{statistics.median(one[kind] for one in found):8.3f}  {share:7.2f}  "
        say(line.rstrip())


def _timed(script: str, environment: dict[str, str]) -> tuple[float, float]:
    """Processor time of a process and its own, and time by the clock; seconds."""
    begun, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, env=environment)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used, time.perf_counter() - begun
