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
from explorer.gui.app import application, make_window
from explorer.session.settings import Settings
app = application()
window = make_window(app, Settings())
window.resize(1280, 800)
window.show()
app.processEvents()
window.grab()
import os
os._exit(0)
"""


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
    """A process up to its first painted window, ours and a bare one in turn."""
    times: dict[str, list[float]] = {"a bare PySide6 main window": [], "the window of Trace Explorer": []}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(run.rounds):
        for name, script in zip(times, (BARE, OURS), strict=True):
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, env=kept)
            times[name].append(time.perf_counter() - begun)
    say(f"\n{'start to the first painted window':52}{'median s':>9}  {'range s':>15}  {'x bare':>8}")
    bare = times["a bare PySide6 main window"]
    for name, found in times.items():
        share = statistics.median(a / b for a, b in zip(found, bare, strict=True))
        said = f"{min(found):.3f}–{max(found):.3f}"
        say(f"{name:52}{statistics.median(found):9.3f}  {said:>15}  {share:8.2f}")
